/** A token for a grant, from the store or fetched, with what is known of its life. */
import type { AccessToken } from "@onbehalf/core/AccessToken"
import type { Grant } from "@onbehalf/core/Grant"
import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import { TokenBroker } from "@onbehalf/core/TokenBroker"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { say } from "../output/say.ts"
import { Secrets } from "../output/secrets.ts"

/** A token and its life, where the store knows it. */
export interface Obtained {
  readonly token: AccessToken
  readonly life: Life | undefined
}

/** Epoch milliseconds of this machine's clock. */
export interface Life {
  readonly begin: number
  /** From here on it should not be used any more: an answer may come too late. */
  readonly limit: number
  readonly end: number
}

/** Whatever it is asked for, the token is in no talk from then on. */
export const obtain = Effect.fnUntraced(function* (grant: Grant) {
  const broker = yield* TokenBroker
  const source = yield* broker.source(grant)
  const token = yield* source.token()
  const secrets = yield* Secrets
  secrets.add(token.value)
  const life = yield* lifeOf(source.key, token)
  if (life === undefined && grant._tag !== "ApplicationGrant") {
    yield* say(
      "the token store failed: the token is good, but it is not kept for the next run. See: onbehalf doctor"
    )
  }
  return { token, life } satisfies Obtained
})

const lifeOf = Effect.fnUntraced(function* (key: TokenKey, token: AccessToken) {
  const store = yield* TokenStore
  const held = yield* store.get(key).pipe(
    Effect.map((found) => found.held),
    Effect.orElseSucceed(() => undefined)
  )
  return held === undefined || held.token.id !== token.id
    ? undefined
    : yield* wallLife(held.lifetime)
})

/** Stores count on a clock that nobody sets; people and files do not. */
export const wallLife = Effect.fnUntraced(function* (lifetime: {
  readonly issued: number
  readonly limit: number
  readonly end: number
}) {
  const clock = yield* Clock.Clock
  const offset = (yield* Clock.currentTimeMillis) - monotonicMillis(clock)()
  return {
    begin: offset + lifetime.issued,
    limit: offset + lifetime.limit,
    end: offset + lifetime.end
  } satisfies Life
})
