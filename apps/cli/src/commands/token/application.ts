/** `onbehalf token application`. */
import * as Grant from "@onbehalf/core/Grant"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Services from "../../services.ts"
import { tokenFormat } from "../../token/formats.ts"
import { obtain } from "../../token/obtain.ts"
import { printToken } from "../../token/printToken.ts"

const organisation = Argument.String("organisation").pipe(
  Argument.withDescription("The id of the merchant to act for; without it: your own resource"),
  Argument.optional
)

const product = Flag.String("product").pipe(
  Flag.withMetavar("<product>"),
  Flag.withDescription("A product, such as open_banking_pis; may be repeated"),
  Flag.atLeast(1)
)

const resource = Flag.String("resource").pipe(
  Flag.withMetavar("<id>"),
  Flag.withDescription("The id of the resource that the token is bound to")
)

/** `onbehalf token application`. */
export const application = Command.make(
  "application",
  { organisation, product, resource, output: tokenFormat },
  Effect.fnUntraced(function* (given) {
    const grant = yield* Grant.forApplication({
      organisationId: Option.getOrUndefined(given.organisation),
      products: given.product,
      resourceId: given.resource
    })
    yield* printToken(yield* obtain(grant), given.output)
  })
).pipe(
  Command.withDescription(
    "Get a token for one resource and nothing else, for an application. It goes to stdout and is a secret"
  ),
  Command.withExamples([
    {
      command:
        "onbehalf token application <organisation> --product open_banking_pis --resource <payment id>"
    }
  ]),
  Command.provide(Services.broker)
)
