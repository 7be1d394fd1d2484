/** `onbehalf api`: a call on behalf of a merchant. */
import * as Grant from "@onbehalf/core/Grant"
import * as MerchantClient from "@onbehalf/core/MerchantClient"
import { TokenBroker } from "@onbehalf/core/TokenBroker"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { checkSuccess, printAnswer } from "../api/answer.ts"
import { printPages } from "../api/pages.ts"
import { makeRequest, methods, parseField, parseMethod } from "../api/request.ts"
import { ApiKeyStdin } from "../configuration/flags.ts"
import { waiting } from "../output/progress.ts"
import * as Services from "../services.ts"
import { UsageError } from "../UsageError.ts"
import { organisationFlag, scope } from "./flags.ts"

const method = Argument.String("method").pipe(
  Argument.filterMap(parseMethod, () => methods.join(", ")),
  Argument.withDescription("GET, POST, …")
)

const path = Argument.String("path").pipe(
  Argument.withDescription("A path of the API, such as /mandates or /tpp/payments?pagesize=5")
)

const field = Flag.String("field").pipe(
  Flag.filterMap(parseField, () => "name=text, or name:=JSON"),
  Flag.withMetavar("<name=text>"),
  Flag.withDescription(
    "name=text or name:=JSON, for the query of a GET or with --input, else for a JSON body; may be repeated"
  ),
  Flag.atLeast(0)
)

const input = Flag.String("input").pipe(
  Flag.withMetavar("<file>"),
  Flag.withDescription("A file with the JSON body; - for stdin"),
  Flag.optional
)

const paginate = Flag.Boolean("paginate").pipe(
  Flag.withDescription("Every page of a list, as one JSON array of what they hold; for GET"),
  Flag.withDefault(false)
)

const include = Flag.Boolean("include").pipe(
  Flag.withAlias("i"),
  Flag.withDescription("Print status and headers before the body"),
  Flag.withDefault(false)
)

/** `onbehalf api`. */
export const api = Command.make(
  "api",
  { method, path, organisation: organisationFlag, scope, field, input, include, paginate },
  Effect.fnUntraced(function* (given) {
    const grant = yield* Grant.forOrganisation(given.organisation, { scopes: given.scope })
    if (given.paginate && given.include) {
      return yield* new UsageError({
        message: "--paginate makes one list of many answers: leave out --include"
      })
    }
    if ((yield* ApiKeyStdin) && Option.contains(given.input, "-")) {
      return yield* new UsageError({
        message: "stdin holds the API key: name a file in --input, or leave out --api-key-stdin"
      })
    }
    const request = yield* makeRequest(given)
    const broker = yield* TokenBroker
    const client = yield* MerchantClient.make(yield* broker.source(grant))
    if (given.paginate) return yield* printPages(client, request, given)
    const answer = yield* client.execute(request).pipe(waiting("waiting for Nuapay"))
    yield* printAnswer(answer, given, given.include)
    yield* checkSuccess(answer, given)
  })
).pipe(
  Command.withDescription(
    "Call the API on behalf of a merchant, with a token of its own, and print the answer's body"
  ),
  Command.withExamples([
    { command: "onbehalf api GET /mandates --organisation <id> --scope admin" },
    {
      command:
        "onbehalf api GET /tpp/payments --organisation <id> --scope openbanking_pisp --field pagesize=5"
    },
    {
      command:
        "onbehalf api GET /mandates --organisation <id> --scope admin --field pagesize=100 --paginate | jq -r '.[].id'",
      description: "All pages of a list, one field of each item"
    },
    {
      command:
        "onbehalf api POST /tpp/payments --organisation <id> --scope openbanking_pisp --field amount:=12.5",
      description: "With a JSON body; := where it is not text"
    },
    {
      command:
        "onbehalf api POST /tpp/payments --organisation <id> --scope openbanking_pisp --input payment.json",
      description: "With a body from a file"
    }
  ]),
  Command.provide(Services.broker)
)
