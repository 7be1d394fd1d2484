/** `onbehalf token own`. */
import * as Grant from "@onbehalf/core/Grant"
import { TokenBroker } from "@onbehalf/core/TokenBroker"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { confirm } from "../../output/confirm.ts"
import { waiting } from "../../output/progress.ts"
import * as Services from "../../services.ts"
import { tokenFormat } from "../../token/formats.ts"
import { obtain } from "../../token/obtain.ts"
import { printToken } from "../../token/printToken.ts"
import { revokeOwnToken, tellRevocation } from "../../token/revocation.ts"
import { UsageError } from "../../UsageError.ts"
import { expiresIn, yes } from "../flags.ts"

const scope = Flag.String("scope").pipe(
  Flag.withMetavar("<scope>"),
  Flag.withDescription("A scope, such as openbanking_callback; may be repeated"),
  Flag.atLeast(0)
)

const revoke = Flag.String("revoke").pipe(
  Flag.withMetavar("<token id | all>"),
  Flag.withDescription("Revoke one of your own tokens, or all of them, instead"),
  Flag.optional
)

/** `onbehalf token own`. */
export const own = Command.make(
  "own",
  { scope, expiresIn, output: tokenFormat, revoke, yes },
  Effect.fnUntraced(function* (given) {
    if (Option.isNone(given.revoke)) {
      if (given.scope.length === 0) {
        return yield* new UsageError({ message: "name at least one --scope, or use --revoke" })
      }
      const grant = yield* Grant.own({ scopes: given.scope, expiresIn: given.expiresIn })
      return yield* printToken(yield* obtain(grant), given.output)
    }
    if (given.scope.length > 0) {
      return yield* new UsageError({ message: "--revoke takes no --scope: leave one of them out" })
    }
    if (given.revoke.value !== "all") return yield* revokeOwnToken(given.revoke.value)
    yield* confirm("Revoke every token of your own organisation", given.yes)
    const broker = yield* TokenBroker
    const revocation = yield* broker.revokeOwn.pipe(waiting("revoking"))
    yield* tellRevocation(revocation, "your own organisation")
  })
).pipe(
  Command.withDescription(
    "Get, or revoke, a token for your own organisation. It goes to stdout and is a secret"
  ),
  Command.withExamples([
    { command: "onbehalf token own --scope openbanking_callback" },
    { command: "onbehalf token own --revoke <token id>", description: "Make one of them useless" },
    { command: "onbehalf token own --revoke all", description: "Make all of them useless" }
  ]),
  Command.provide(Services.broker)
)
