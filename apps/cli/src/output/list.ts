/** Lists on stdout, in the form that was asked for, each part as it comes. */
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Terminal from "effect/Terminal"
import { csvLine } from "./csv.ts"
import { jsonArray } from "./json.ts"
import { printStream } from "./print.ts"
import { asShown } from "./shown.ts"
import { makeTable, type TableColumn } from "./table.ts"

const formats = ["table", "json", "ndjson", "csv"] as const

/** How a list is printed. */
export type ListFormat = (typeof formats)[number]

/** `--output` of everything that lists. */
export const listFormat = Flag.Literals("output", formats).pipe(
  Flag.withDescription(
    "table for people; for programs json (an array), ndjson (a line each) or csv (default table)"
  ),
  Flag.withDefault("table")
)

/** What a list shows of its rows. Programs get `value`; people, and spreadsheets, the columns. */
export interface List<Row> {
  readonly columns: ReadonlyArray<TableColumn<Row>>
  readonly value: (row: Row) => unknown
}

/** Prints every row. */
export const printList = <Row, E, R>(
  { columns, value }: List<Row>,
  rows: Stream.Stream<Row, E, R>,
  format: ListFormat
) =>
  Effect.gen(function* () {
    const printShown = <F, S>(texts: Stream.Stream<string, F, S>) =>
      Effect.flatMap(asShown, (shown) => printStream(Stream.map(texts, shown)))
    switch (format) {
      case "json":
        return yield* printShown(jsonArray(Stream.map(rows, value)))
      case "ndjson":
        return yield* printShown(Stream.map(rows, (row) => `${JSON.stringify(value(row))}\n`))
      case "csv": {
        const heading = csvLine(columns.map((column) => column.heading.toLowerCase()))
        const lines = Stream.map(rows, (row) =>
          csvLine(columns.map((column) => column.cell(row) ?? ""))
        )
        return yield* printShown(Stream.concat(Stream.make(heading), lines))
      }
      case "table": {
        const stdio = yield* Stdio.Stdio
        const terminal = yield* Terminal.Terminal
        const available = (yield* stdio.stdoutIsTerminal) ? yield* terminal.columns : 0
        return yield* printStream(Stream.map(Stream.chunks(rows), makeTable(columns, available)))
      }
    }
  })
