/** JSON whose numbers stay as they were written: `10.00` is an amount, and an id may have more digits than a number holds. */
import * as Option from "effect/Option"

/** Newer than the types of the language. */
interface Exact {
  readonly parse: (
    text: string,
    reviver: (name: string, value: unknown, context: { readonly source: string }) => unknown
  ) => unknown
  readonly rawJSON: (text: string) => { readonly rawJSON: string }
  readonly isRawJSON: (value: unknown) => value is { readonly rawJSON: string }
}

const exact = JSON as unknown as Exact

/** For `JSON.stringify`: the numbers in it are no numbers. */
export const parseExactly = Option.liftThrowable((text: string): unknown =>
  exact.parse(text, (_, value, { source }) =>
    typeof value === "number" ? exact.rawJSON(source) : value
  )
)

/** One of its numbers. */
export const numberIn = (value: unknown): number | undefined =>
  exact.isRawJSON(value) ? Number(value.rawJSON) : undefined
