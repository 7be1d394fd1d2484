/** Data for programs where it meets people after all. */
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import { printableLines } from "./printable.ts"

/** The text as it is shown: on a terminal without what could control it, else as it is. */
export const asShown: Effect.Effect<(text: string) => string, never, Stdio.Stdio> = Effect.gen(
  function* () {
    const stdio = yield* Stdio.Stdio
    return (yield* stdio.stdoutIsTerminal) ? printableLines : (text) => text
  }
)
