import { times } from "../markdown.ts"
import { targetsTable } from "../targets.ts"
import { sizes } from "../work.ts"
import { held, named, ratioAt, sizedTable, type SizedRow } from "./rows.ts"

export const fiberReport = (rows: ReadonlyArray<SizedRow>): ReadonlyArray<string> => {
  const limit = named(rows, "Effect.sync of a look-up, made once")
  const token = named(rows, "onbehalf source.token()")
  return [
    "## In a fiber, by tokens held",
    "",
    "One `yield*`, and in multiples of the first row.",
    "",
    ...sizedTable("`yield*` of", rows, limit),
    ...targetsTable(
      sizes.map((_, index) => ({
        what: `${held(index)}: \`source.token()\` to the look-up`,
        measured: ratioAt(token, limit, index),
        atMost: 1.3,
        show: times
      }))
    )
  ]
}
