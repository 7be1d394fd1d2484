/** One thing with its fields: a line each for people, one object for programs. */
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { json } from "./json.ts"
import { printList } from "./list.ts"
import { print } from "./print.ts"
import { asShown } from "./shown.ts"

/** `--output` of what shows one thing. */
export const recordFormat = Flag.Literals("output", ["table", "json"]).pipe(
  Flag.withDescription("table for people, json for programs (default table)"),
  Flag.withDefault("table")
)

/** Names and values. */
export type Fields = ReadonlyArray<readonly [name: string, value: unknown]>

const list = {
  columns: [
    { heading: "FIELD", cell: ([name]: Fields[number]) => name },
    { heading: "VALUE", cell: ([, value]: Fields[number]) => textOf(value), shrinks: true }
  ],
  value: (field: Fields[number]) => field
}

/** Prints them. */
export const printRecord = (fields: Fields, format: "table" | "json") =>
  format === "json"
    ? Effect.flatMap(asShown, (shown) => print(shown(json(Object.fromEntries(fields)))))
    : printList(list, Stream.make(...fields), "table")

/** Longer lists are for programs. */
const longest = 20

const textOf = (value: unknown): string => {
  if (typeof value === "string") return value
  if (!Array.isArray(value)) return JSON.stringify(value)
  return value.length > longest
    ? `${value.length} of them: see --output json`
    : value.map(textOf).join(", ")
}
