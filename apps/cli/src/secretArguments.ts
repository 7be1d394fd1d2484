/** A secret on the command line is in the list of processes, and would be an id in a URL. It goes no further. */
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import { Secrets } from "./output/secrets.ts"

/** Whether an argument holds a secret that is known by now. */
export const hasSecretArgument: Effect.Effect<boolean, never, Stdio.Stdio | Secrets> = Effect.gen(
  function* () {
    const { args } = yield* Stdio.Stdio
    const { mask } = yield* Secrets
    return (yield* args).some((argument) => mask(argument) !== argument)
  }
)

/** What is said of it. */
export const secretArgument =
  "holds a secret, which others can read in the list of processes: leave it out, and ask Nuapay's support for a new key if this machine is shared"
