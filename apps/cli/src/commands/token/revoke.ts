/** `onbehalf token revoke`. */
import { TokenBroker } from "@onbehalf/core/TokenBroker"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { confirm } from "../../output/confirm.ts"
import { waiting } from "../../output/progress.ts"
import * as Services from "../../services.ts"
import { tellRevocation } from "../../token/revocation.ts"
import { UsageError } from "../../UsageError.ts"
import { organisationArgument, yes } from "../flags.ts"

const tokenId = Argument.String("tokenId").pipe(
  Argument.withDescription("The id of the token: see onbehalf token list"),
  Argument.optional
)

const all = Flag.Boolean("all").pipe(
  Flag.withDescription("Every token of that merchant, also those that others fetched"),
  Flag.withDefault(false)
)

/** `onbehalf token revoke`. */
export const revoke = Command.make(
  "revoke",
  { organisation: organisationArgument, tokenId, all, yes },
  Effect.fnUntraced(function* (given) {
    const { organisation } = given
    // `token own --revoke all` is how one's own go: here it would be an id that nobody knows.
    if (given.all === Option.isSome(given.tokenId) || Option.contains(given.tokenId, "all")) {
      return yield* new UsageError({
        message: "name one token by its id, or all of them with --all"
      })
    }
    if (given.all) {
      yield* confirm(`Revoke every token of organisation ${organisation}`, given.yes)
    }
    const broker = yield* TokenBroker
    const revocation = yield* Option.match(given.tokenId, {
      onNone: () => broker.revokeOrganisation(organisation),
      onSome: (id) => broker.revoke({ id, organisation })
    }).pipe(waiting("revoking"))
    yield* tellRevocation(revocation, `organisation ${organisation}`)
  })
).pipe(
  Command.withDescription(
    "Make one token of a merchant useless, or all of them, here and at Nuapay"
  ),
  Command.withExamples([
    { command: "onbehalf token revoke <organisation> <token id>" },
    {
      command: "onbehalf token revoke <organisation> --all --yes",
      description: "All of them, without a question"
    }
  ]),
  Command.provide(Services.broker)
)
