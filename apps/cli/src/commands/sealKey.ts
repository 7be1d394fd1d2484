/** `onbehalf seal-key`: keys that seal stored tokens. */
import { newKey } from "@onbehalf/core/TokenSeal"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stdio from "effect/Stdio"
import { print } from "../output/print.ts"
import { say } from "../output/say.ts"

const make = Command.make(
  "new",
  {},
  Effect.fnUntraced(function* () {
    const stdio = yield* Stdio.Stdio
    if (yield* stdio.stdoutIsTerminal) {
      yield* say(
        "this is a secret: whoever has it reads every stored token. Keep it where the API key is kept, as ONBEHALF_SEAL_KEY"
      )
    }
    yield* print(`${Redacted.value(yield* newKey)}\n`)
  })
).pipe(
  Command.withDescription(
    "Make a new key for ONBEHALF_SEAL_KEY, 32 random bytes in base64. It goes to stdout and is a secret: it opens every token that a store keeps. The key before it goes into ONBEHALF_SEAL_KEYS_OLD, or what it sealed is fetched anew"
  ),
  Command.withExamples([
    {
      command: "onbehalf seal-key new | secret-tool store --label onbehalf onbehalf seal-key",
      description: "Into a keyring, without showing it"
    },
    { command: "(umask 077; onbehalf seal-key new > seal-key)", description: "Into a file" }
  ])
)

/** `onbehalf seal-key`. */
export const sealKey = Command.make("seal-key").pipe(
  Command.withDescription("Keys that seal the tokens which a store keeps outside the process"),
  Command.withSubcommands([make])
)
