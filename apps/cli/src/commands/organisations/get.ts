/** `onbehalf organisations get`. */
import { Gatekeeper } from "@onbehalf/core/Gatekeeper"
import { defaultRetryPolicy, retry } from "@onbehalf/core/RetryPolicy"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { waiting } from "../../output/progress.ts"
import { printRecord, recordFormat } from "../../output/record.ts"
import * as Services from "../../services.ts"

/** `onbehalf organisations get`. */
export const get = Command.make(
  "get",
  {
    organisation: Argument.String("organisation").pipe(
      Argument.withDescription("The id of the organisation")
    ),
    output: recordFormat
  },
  Effect.fnUntraced(function* ({ organisation, output }) {
    const gatekeeper = yield* Gatekeeper
    const found = yield* gatekeeper
      .organisation(organisation)
      .pipe(retry(defaultRetryPolicy), waiting("waiting for Nuapay"))
    yield* printRecord(Object.entries(found), output)
  })
).pipe(
  Command.withDescription("Show one organisation"),
  Command.withExamples([
    { command: "onbehalf organisations get <organisation>" },
    {
      command: "onbehalf organisations get <organisation> --output json | jq -r .name",
      description: "One field of it"
    }
  ]),
  Command.provide(Services.gatekeeper)
)
