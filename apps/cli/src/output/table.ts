/** Tables that align whatever the script, and that fit the terminal. */
import cliui from "cliui"
import { displayWidth } from "effect/cli/CliOutput"
import { printable } from "./printable.ts"

/** A column, by its heading. */
export interface TableColumn<Row> {
  readonly heading: string
  readonly cell: (row: Row) => string | undefined
  /** Its text is wrapped where the table is too wide for the terminal; one column of a table at most. */
  readonly shrinks?: boolean
  /** Cells that it takes at least: where rows come one by one, later ones must fit too. */
  readonly atLeast?: number
}

/** Renders rows with their newlines. */
export type RenderRows<Row> = (rows: ReadonlyArray<Row>) => string

const gap = 2
const narrowest = 8

/**
 * A table that may come in parts: the heading goes with the first, and columns only ever grow.
 * `available`: the cells of the terminal; 0 where there is none.
 */
export const makeTable = <Row>(
  columns: ReadonlyArray<TableColumn<Row>>,
  available: number
): RenderRows<Row> => {
  const widths = columns.map(({ atLeast = 0 }) => atLeast)
  let headed = false
  return (rows) => {
    const texts = rows.map((row) => columns.map((column) => printable(column.cell(row) ?? "")))
    const lines = headed ? texts : [columns.map((column) => column.heading), ...texts]
    headed = true
    for (const line of lines) {
      for (const [index, text] of line.entries()) {
        widths[index] = Math.max(widths[index] ?? 0, displayWidth(text))
      }
    }
    return layOut(lines, fit(columns, widths, available))
  }
}

const fit = <Row>(
  columns: ReadonlyArray<TableColumn<Row>>,
  widths: ReadonlyArray<number>,
  available: number
): ReadonlyArray<number> => {
  const total = widths.reduce((sum, width) => sum + width + gap, -gap)
  const excess = available === 0 ? 0 : Math.max(0, total - available)
  return widths.map((width, index) =>
    columns[index]?.shrinks ? Math.min(width, Math.max(narrowest, width - excess)) : width
  )
}

const layOut = (
  lines: ReadonlyArray<ReadonlyArray<string>>,
  widths: ReadonlyArray<number>
): string => {
  const layout = cliui({ width: widths.reduce((sum, width) => sum + width + gap, 0) })
  for (const line of lines) {
    layout.div(
      ...line.map((text, index) => ({
        text,
        width: (widths[index] ?? 0) + gap,
        padding: [0, gap, 0, 0] as const
      }))
    )
  }
  return lines.length === 0 ? "" : `${layout.toString()}\n`
}
