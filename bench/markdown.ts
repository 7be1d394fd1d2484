/** A column of a table; figures stand at the right. */
export interface Column {
  readonly title: string
  readonly isFigure: boolean
}

export const text = (title: string): Column => ({ title, isFigure: false })

export const figure = (title: string): Column => ({ title, isFigure: true })

export type Row = ReadonlyArray<string>

/** A table as the formatter would lay it out. */
export const table = (
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<Row>
): ReadonlyArray<string> => {
  const widths = columns.map(({ title }, index) =>
    Math.max(3, title.length, ...rows.map((row) => row[index]?.length ?? 0))
  )
  const line = (cells: Row) =>
    `| ${columns.map((column, index) => pad(column, cells[index] ?? "", widths[index] ?? 0)).join(" | ")} |`
  const rule = columns.map(({ isFigure }, index) => {
    const dashes = "-".repeat(widths[index] ?? 0)
    return isFigure ? `${dashes.slice(1)}:` : dashes
  })
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line), ""]
}

const pad = ({ isFigure }: Column, cell: string, width: number): string =>
  isFigure ? cell.padStart(width) : cell.padEnd(width)

/** Thousands apart. */
export const count = (value: number): string => String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, " ")

export const nanoseconds = (value: number): string =>
  value < 1_000 ? `${value.toFixed(0)} ns` : `${(value / 1_000).toFixed(1)} µs`

export const milliseconds = (value: number): string => `${value.toFixed(0)} ms`

export const times = (ratio: number): string =>
  `${ratio < 10 ? ratio.toFixed(2) : count(Math.round(ratio))}×`

export const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
