import { count, figure, type Row, table, text, times } from "../markdown.ts"
import type { StampedeRow } from "../stampede.ts"
import { targetsTable } from "../targets.ts"
import { callers, distances } from "../work.ts"
import { named } from "./rows.ts"

/** The distance at which the target is judged. */
const judged = distances.length - 1

export const stampedeReport = (rows: ReadonlyArray<StampedeRow>): ReadonlyArray<string> => {
  const limit = named(rows, "shared promise by hand")
  const onbehalf = named(rows, "onbehalf token()")
  const ratio = (row: StampedeRow, index: number) =>
    (row.runs[index]?.milliseconds ?? Number.NaN) / (limit.runs[index]?.milliseconds ?? Number.NaN)
  const cells = (row: StampedeRow): Row =>
    row.runs.flatMap(({ milliseconds, requests }, index) => [
      `${milliseconds.toFixed(1)} ms`,
      times(ratio(row, index)),
      count(requests)
    ])
  return [
    `## ${count(callers)} callers on a cold key, by the distance of the upstream`,
    "",
    "Until all have their token, in multiples of the shared promise, and with how many requests.",
    "",
    ...table(
      [
        text(""),
        text("version"),
        ...distances.flatMap((distance) => [
          figure(distance === 0 ? "at once" : `${distance} ms`),
          figure(""),
          figure("requests")
        ])
      ],
      rows.map((row) => [row.name, row.version, ...cells(row)])
    ),
    ...targetsTable([
      {
        what: `${distances[judged]} ms away: \`token()\` to the shared promise`,
        measured: ratio(onbehalf, judged),
        atMost: 1.3,
        show: times
      },
      {
        what: "requests, at any distance",
        measured: Math.max(...onbehalf.runs.map(({ requests }) => requests)),
        atMost: 1,
        show: count
      }
    ])
  ]
}
