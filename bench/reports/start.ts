import { figure, table, text, times } from "../markdown.ts"
import type { StartRow } from "../start.ts"
import { targetsTable } from "../targets.ts"
import { named } from "./rows.ts"

export const startReport = (rows: ReadonlyArray<StartRow>): ReadonlyArray<string> => {
  const bare = named(rows, "node -e 0")
  const ratio = (name: string) => named(rows, name).time / bare.time
  const target = (name: string, atMost: number) => ({
    what: name,
    measured: ratio(name),
    atMost,
    show: times
  })
  return [
    "## From the start of a command to its end",
    "",
    "Medians, each contender once a round.",
    "",
    ...table(
      [text(""), figure("time"), figure("")],
      rows.map((row) => [row.name, `${row.time.toFixed(0)} ms`, times(row.time / bare.time)])
    ),
    ...targetsTable([
      target("onbehalf --version", 1.3),
      target("onbehalf --help", 1.3),
      target("onbehalf token get, from the store", 2.5)
    ])
  ]
}
