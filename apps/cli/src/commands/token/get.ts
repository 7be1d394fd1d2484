/** `onbehalf token get`. */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Services from "../../services.ts"
import { tokenFormat } from "../../token/formats.ts"
import { obtain } from "../../token/obtain.ts"
import { printToken } from "../../token/printToken.ts"
import { grantOf, merchantGrant } from "../flags.ts"

/** `onbehalf token get`. */
export const get = Command.make(
  "get",
  { ...merchantGrant, output: tokenFormat },
  Effect.fnUntraced(function* (given) {
    const grant = yield* grantOf(given)
    yield* printToken(yield* obtain(grant), given.output)
  })
).pipe(
  Command.withDescription(
    "Get a token for one merchant: from the store while it is good, else a new one. It goes to stdout and is a secret: it acts for that merchant until it expires"
  ),
  Command.withExamples([
    {
      command: "TOKEN=$(onbehalf token get <organisation> --scope admin)",
      description: "For a script"
    },
    {
      command: "onbehalf token get <organisation> --scope admin --expires-in 24h --output json"
    },
    {
      command:
        "onbehalf token get <organisation> --scope admin --output curl | curl --config - https://sandbox.nuapay.com/mandates",
      description: "For curl, without the token in its arguments"
    }
  ]),
  Command.provide(Services.broker)
)
