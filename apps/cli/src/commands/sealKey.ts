/** `onbehalf seal-key`: keys that seal stored tokens. */
import * as TokenSeal from "@onbehalf/core/TokenSeal"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stdio from "effect/Stdio"
import { print } from "../output/print.ts"
import { say } from "../output/say.ts"

const create = Command.make(
  "new",
  {},
  Effect.fnUntraced(function* () {
    const stdio = yield* Stdio.Stdio
    if (yield* stdio.stdoutIsTerminal) {
      yield* say("this is a secret: it opens the tokens of every store that it seals")
    }
    yield* print(`${Redacted.value(yield* TokenSeal.newKey)}\n`)
  })
).pipe(
  Command.withDescription(
    "Make a new key for ONBEHALF_SEAL_KEY: 32 random bytes in base64, on stdout. The key before it goes into ONBEHALF_SEAL_KEYS_OLD, or what it sealed is fetched anew"
  ),
  Command.withExamples([
    {
      command: "(umask 077 && onbehalf seal-key new > seal-key)",
      description: "Into a file that only you can read"
    }
  ])
)

/** `onbehalf seal-key`. */
export const sealKey = Command.make("seal-key").pipe(
  Command.withDescription("Keys that seal tokens at rest"),
  Command.withSubcommands([create])
)
