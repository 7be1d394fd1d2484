import { count, figure, megabytes, percent, type Row, table, text } from "../markdown.ts"
import type { RenewalFigures, RenewalRow } from "../renewal.ts"
import { targetsTable } from "../targets.ts"
import { merchants } from "../work.ts"
import { named } from "./rows.ts"

const columns = [
  text(""),
  ...[
    "renewals/s",
    "CPU",
    "beyond the demand",
    "beyond minting",
    "heap",
    "beyond minting",
    "growth",
    "missed"
  ].map(figure)
]

export const renewalReport = ({ rows, seconds }: RenewalFigures): ReadonlyArray<string> => {
  const demand = named(rows, "the demand on a bare Map")
  const minting = named(rows, "and tokens minted when due")
  const onbehalf = named(rows, "onbehalf")
  const cells = (row: RenewalRow): Row => [
    row.name,
    row.renewals.toFixed(0),
    percent(row.cpu),
    row === demand ? "" : percent(row.cpu - demand.cpu),
    row === demand || row === minting ? "" : percent(row.cpu - minting.cpu),
    megabytes(row.heap),
    row === demand || row === minting ? "" : megabytes(row.heap - minting.heap),
    megabytes(row.growth),
    count(row.missed)
  ]
  return [
    `## ${count(merchants)} merchants with ten-second tokens, each asked for twice a second`,
    "",
    `For ${seconds} s; CPU in parts of one core. The second row is what the upstream's stand-in costs by itself:`,
    "what is beyond it is the broker's.",
    "",
    ...table(columns, rows.map(cells)),
    ...targetsTable([
      {
        what: "CPU of the broker",
        measured: onbehalf.cpu - minting.cpu,
        atMost: 0.02,
        show: percent
      },
      {
        what: "heap of the broker",
        measured: onbehalf.heap - minting.heap,
        atMost: 25e6,
        show: megabytes
      },
      { what: "growth of the heap", measured: onbehalf.growth, atMost: 25e6, show: megabytes },
      { what: "calls that had to wait", measured: onbehalf.missed, atMost: 0, show: count }
    ])
  ]
}
