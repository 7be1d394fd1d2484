import { count, figure, table, text, times } from "../markdown.ts"
import type { MemoryFigures, MemoryRow } from "../memory.ts"
import { targetsTable } from "../targets.ts"
import { named } from "./rows.ts"

export const memoryReport = ({ rows, text: textBytes }: MemoryFigures): ReadonlyArray<string> => {
  const limit = named(rows, "Map with expiry check")
  const onbehalf = named(rows, "onbehalf token()")
  const beyond = (row: MemoryRow) => row.bytes - textBytes
  const bytes = (value: number) => `${count(Math.round(value))} B`
  return [
    "## Memory for a held token",
    "",
    `Bytes of heap, its text of ${bytes(textBytes)} and whatever finds it by its key included.`,
    "",
    ...table(
      [
        text(""),
        text("version"),
        figure("held"),
        figure("a token"),
        figure("beyond its text"),
        figure("to the Map")
      ],
      rows.map((row) => [
        row.name,
        row.version,
        count(row.held),
        bytes(row.bytes),
        bytes(beyond(row)),
        times(beyond(row) / beyond(limit))
      ])
    ),
    ...targetsTable([
      {
        what: "a token with its handle, to 1.3 × its text + 400 B",
        measured: onbehalf.bytes,
        atMost: 1.3 * textBytes + 400,
        show: bytes
      }
    ])
  ]
}
