/** Talk, on stderr: one line each, no control characters, and never a secret. */
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { printable } from "./printable.ts"
import { Secrets } from "./secrets.ts"

/** Says one line. When nobody can hear it, that is no failure. */
export const say = (line: string): Effect.Effect<void, never, Stdio.Stdio | Secrets> =>
  Effect.flatMap(Secrets, ({ mask }) =>
    sayRaw(`onbehalf: ${mask(printable(line.replace(/\s+/g, " ").trim()))}\n`)
  )

/** Writes to stderr as it is: for what holds no secret and nothing of a stranger's. */
export const sayRaw = (text: string): Effect.Effect<void, never, Stdio.Stdio> =>
  Effect.flatMap(Stdio.Stdio, (stdio) =>
    Effect.ignore(Stream.run(Stream.make(text), stdio.stderr()))
  )
