import { type FileRow, records } from "../file.ts"
import { count, figure, nanoseconds, type Row, table, text, times } from "../markdown.ts"
import { type Target, targetsTable } from "../targets.ts"
import { named } from "./rows.ts"

type Call = "put" | "get"

export const fileReport = (rows: ReadonlyArray<FileRow>): ReadonlyArray<string> => {
  const limit = named(rows, "write, fsync, rename; read, parse")
  const sealed = named(rows, "onbehalf, sealed")
  const plain = named(rows, "onbehalf, plaintext")
  const at = (row: FileRow, call: Call, index: number) => row[call][index] ?? Number.NaN
  const ratio = (row: FileRow, call: Call, index: number) =>
    at(row, call, index) / at(limit, call, index)
  const cells = (row: FileRow, call: Call): Row =>
    records.flatMap((_, index) => [
      nanoseconds(at(row, call, index)),
      times(ratio(row, call, index))
    ])
  const target = (what: string, measured: number, atMost: number): Target => ({
    what,
    measured,
    atMost,
    show: times
  })
  const growth = (call: Call) => at(sealed, call, 1) / at(sealed, call, 0)
  return [
    "## Tokens of 7 KB kept in files, by how many there are",
    "",
    "A put that is on the disk when it ends, and a get, in multiples of one file a record.",
    "",
    ...table(
      [
        text(""),
        text("version"),
        ...(["put", "get"] as const).flatMap((call) =>
          records.flatMap((size) => [figure(`${call}, ${count(size)}`), figure("")])
        )
      ],
      rows.map((row) => [row.name, row.version, ...cells(row, "put"), ...cells(row, "get")])
    ),
    ...targetsTable([
      target("put, sealed, to the bare one", ratio(sealed, "put", 0), 1.3),
      target("get, plaintext, to the bare one", ratio(plain, "get", 0), 2),
      target("get, sealed, to the bare one", ratio(sealed, "get", 0), 2),
      target(`put at ${count(records[1])} records to put at one`, growth("put"), 1.3),
      target(`get at ${count(records[1])} records to get at one`, growth("get"), 1.3)
    ])
  ]
}
