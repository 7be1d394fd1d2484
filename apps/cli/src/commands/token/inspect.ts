/** `onbehalf token inspect`. */
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { formatDuration } from "../../duration.ts"
import { inputProblem, shortText } from "../../input.ts"
import { lifeBar } from "../../output/lifeBar.ts"
import { type Fields, printRecord, recordFormat } from "../../output/record.ts"
import { Secrets } from "../../output/secrets.ts"
import * as Services from "../../services.ts"
import { storeFailed } from "../../StoreFailed.ts"
import { claimsOf, timeOf } from "../../token/claims.ts"
import { type Life, secondsLeft, wallLife } from "../../token/life.ts"
import { NotFound } from "../../NotFound.ts"
import { UsageError } from "../../UsageError.ts"

const subject = Argument.String("token").pipe(
  Argument.withDescription("- for a token on stdin, or the id of one in the store (default -)"),
  Argument.withDefault("-")
)

/** `onbehalf token inspect`. */
export const inspect = Command.make(
  "inspect",
  { subject, output: recordFormat },
  Effect.fnUntraced(function* (given) {
    const { life, text } =
      given.subject === "-" ? yield* fromStdin : yield* fromStore(given.subject)
    const secrets = yield* Secrets
    secrets.add(Redacted.make(text))
    const claims = claimsOf(text)
    if (Option.isNone(claims)) {
      return yield* new UsageError({
        message: `${given.subject === "-" ? "what came on stdin" : "that token"} is no JWT: there is nothing to tell of it`
      })
    }
    const known = life ?? lifeFromClaims(claims.value)
    const now = yield* Clock.currentTimeMillis
    const told = lifeFields(known, now)
    const added = given.output === "json" ? told.filter(isData) : told
    yield* printRecord([...Object.entries(claims.value), ...added], given.output)
  })
).pipe(
  Command.withDescription(
    "Show what a token says: whose it is, its scopes, how long it lives. Never shows the token"
  ),
  Command.withExamples([
    { command: "onbehalf token inspect <token id>", description: "One of onbehalf token list" },
    {
      command: "onbehalf token get <organisation> --scope admin | onbehalf token inspect -"
    }
  ])
)

interface Found {
  readonly text: string
  readonly life: Life | undefined
}

const fromStdin = shortText.pipe(
  Effect.mapError((error) => new UsageError({ message: inputProblem(error) })),
  Effect.map((text): Found => ({
    text: text.trim().replace(/^(Authorization: )?Bearer /i, ""),
    life: undefined
  }))
)

const fromStore = Effect.fnUntraced(function* (id: string) {
  const store = yield* TokenStore
  const entries = yield* Effect.mapError(store.entries, storeFailed)
  const entry = entries.find((each) => each.id === id)
  const held =
    entry === undefined
      ? undefined
      : (yield* Effect.mapError(store.get(entry.key), storeFailed)).held
  if (held === undefined) {
    return yield* new NotFound({
      message: "the store holds no token of that id: see onbehalf token list"
    })
  }
  return { text: held.token.reveal(), life: yield* wallLife(held.lifetime) } satisfies Found
}, Effect.provide(Services.store))

const lifeFromClaims = (claims: Parameters<typeof timeOf>[0]): Life | undefined => {
  const end = timeOf(claims, "exp")
  return end === undefined ? undefined : { begin: timeOf(claims, "iat") ?? end, limit: end, end }
}

const lifeFields = (life: Life | undefined, now: number): Fields => {
  if (life === undefined) return []
  const left = secondsLeft(life, now)
  const whole = life.end - life.begin
  const bar = whole > 0 ? `${lifeBar((life.end - now) / whole)} ` : ""
  return [
    ["expiresAt", new Date(life.end).toISOString()],
    ["expiresIn", left],
    ["life", left === 0 ? "expired" : `${bar}${formatDuration(left)} left`]
  ]
}

/** The bar is for eyes. */
const isData = ([name]: Fields[number]): boolean => name !== "life"
