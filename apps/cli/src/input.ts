/** What comes on stdin. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"

/** A key or a token is shorter, and whoever sends more does not fill memory. In bytes. */
const longest = 64 * 1024

/** More came than can be meant. */
export class InputTooLong extends Schema.TaggedError<InputTooLong>("@onbehalf/cli/InputTooLong")(
  "InputTooLong",
  {}
) {}

/** All of it, however slowly it comes, for what is short. */
export const shortText = Effect.flatMap(Stdio.Stdio, ({ stdin }) => {
  let length = 0
  return stdin.pipe(
    Stream.tap((chunk) =>
      (length += chunk.length) > longest ? Effect.fail(new InputTooLong()) : Effect.void
    ),
    Stream.decodeText,
    Stream.mkString
  )
})

/** What is said where it fails. */
export const inputProblem = (error: { readonly _tag: string }): string =>
  error._tag === "InputTooLong" ? "stdin is longer than 64 KiB" : "stdin cannot be read"
