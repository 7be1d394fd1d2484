/** `onbehalf token`: tokens on behalf of merchants. */
import { Gatekeeper, type IssuedToken } from "@onbehalf/core/Gatekeeper"
import * as Grant from "@onbehalf/core/Grant"
import { defaultRetryPolicy, retry } from "@onbehalf/core/RetryPolicy"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import { durationForms, parseDuration } from "../duration.ts"
import { json } from "../output/json.ts"
import { print } from "../output/print.ts"
import { say } from "../output/say.ts"
import * as Services from "../services.ts"
import { organisationArgument, scope } from "./flags.ts"

const expiresIn = Flag.String("expires-in").pipe(
  Flag.filterMap(parseDuration, () => durationForms),
  Flag.withMetavar("<duration>"),
  Flag.withDescription(
    "How long it lives, 10s to a year: seconds, or such as 10m, 24h (default 10m)"
  ),
  Flag.withDefault(600)
)

const formats = ["token", "json", "header"] as const

const output = Flag.Literals("output", formats).pipe(
  Flag.withDescription("The token alone, json, or an Authorization header (default token)"),
  Flag.withDefault("token")
)

const get = Command.make(
  "get",
  { organisation: organisationArgument, scope, expiresIn, output },
  Effect.fnUntraced(function* (given) {
    const grant = yield* Grant.forOrganisation(given.organisation, {
      scopes: given.scope,
      expiresIn: given.expiresIn
    })
    const gatekeeper = yield* Gatekeeper
    const issued = yield* gatekeeper.requestToken(grant).pipe(retry(defaultRetryPolicy))
    const stdio = yield* Stdio.Stdio
    if (yield* stdio.stdoutIsTerminal) {
      yield* say(
        `this is a secret: whoever has it acts for ${issued.token.organisation}. Keep it out of logs, tickets and chats`
      )
    }
    yield* print(render(issued, given.output))
  })
).pipe(
  Command.withDescription(
    "Get a token for one merchant. It goes to stdout and is a secret: it acts for that merchant until it expires"
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
        "onbehalf token get <organisation> --scope admin --output header | curl --header @- https://sandbox.nuapay.com/mandates",
      description: "For curl, without the token in its arguments"
    }
  ]),
  Command.provide(Services.gatekeeper)
)

/** `onbehalf token`. */
export const token = Command.make("token").pipe(
  Command.withDescription("Tokens on behalf of merchants"),
  Command.withSubcommands([get])
)

const render = ({ life, token: issued }: IssuedToken, format: (typeof formats)[number]): string => {
  switch (format) {
    case "token":
      return `${issued.reveal()}\n`
    case "header":
      return `Authorization: ${issued.authorization()}\n`
    case "json":
      return json({
        id: issued.id,
        organisation: issued.organisation,
        scopes: issued.scopes,
        expiresIn: life === undefined ? null : Math.floor(life / 1000),
        token: issued.reveal()
      })
  }
}
