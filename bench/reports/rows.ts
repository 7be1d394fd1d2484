import { count, figure, nanoseconds, type Row, table, text, times } from "../markdown.ts"
import type { Label } from "../peer.ts"
import { sizes } from "../work.ts"

/** The row of that name; without it there is nothing to compare with. */
export const named = <A extends { readonly name: string }>(
  rows: ReadonlyArray<A>,
  name: string
): A => {
  const found = rows.find((row) => row.name === name)
  if (found === undefined) throw new Error(`no row "${name}"`)
  return found
}

/** What one call costs, by numbers of tokens held. */
export interface SizedRow extends Label {
  /** Median nanoseconds for each of `sizes`; `null` where it does not hold so many. */
  readonly nanoseconds: ReadonlyArray<number | null>
}

export const at = (row: SizedRow, index: number): number => row.nanoseconds[index] ?? Number.NaN

export const ratioAt = (row: SizedRow, limit: SizedRow, index: number): number =>
  at(row, index) / at(limit, index)

export const held = (index: number): string => `${count(sizes[index] ?? 0)} held`

/** Each figure, and in multiples of the limit's. */
export const sizedTable = (
  title: string,
  rows: ReadonlyArray<SizedRow>,
  limit: SizedRow
): ReadonlyArray<string> =>
  table(
    [text(title), text("version"), ...sizes.flatMap((size) => [figure(count(size)), figure("")])],
    rows.map((row) => [
      row.name,
      row.version,
      ...sizes.flatMap((_, index) => cells(row, limit, index))
    ])
  )

const cells = (row: SizedRow, limit: SizedRow, index: number): Row =>
  row.nanoseconds[index] === null
    ? ["–", "–"]
    : [nanoseconds(at(row, index)), times(ratioAt(row, limit, index))]
