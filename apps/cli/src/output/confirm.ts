/** A question before what cannot be taken back. */
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import { UsageError } from "../UsageError.ts"
import { printable } from "./printable.ts"
import { sayRaw } from "./say.ts"

/** Asks whoever sits at stdin, on stderr; scripts are not asked. Fails unless the answer is yes. */
export const confirm = Effect.fnUntraced(function* (question: string, yes: boolean) {
  const stdio = yield* Stdio.Stdio
  if (yes || !(yield* stdio.stdinIsTerminal)) return
  const terminal = yield* Terminal.Terminal
  yield* sayRaw(`${printable(question)}? [y/N] `)
  const answer = yield* terminal.readLine.pipe(Effect.catchTag("QuitError", () => Effect.interrupt))
  if (!/^y(es)?$/i.test(answer.trim())) {
    return yield* new UsageError({ message: "nothing was done: the answer was not yes" })
  }
})
