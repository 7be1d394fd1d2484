/** How far something is, on a terminal's stderr only; gone when it is done. */
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import { printable } from "./printable.ts"
import { sayRaw } from "./say.ts"

const clearLine = "\r\u001B[K"

/** Shows a text in place of the one before; the scope's end takes it away. */
export const makeProgress = Effect.gen(function* () {
  const stdio = yield* Stdio.Stdio
  // Where both are the terminal, rows that arrive would mix with the line.
  const visible = (yield* stdio.stderrIsTerminal) && !(yield* stdio.stdoutIsTerminal)
  if (visible) yield* Effect.addFinalizer(() => sayRaw(clearLine))
  return (text: string) => (visible ? sayRaw(`${clearLine}${printable(text)}`) : Effect.void)
})
