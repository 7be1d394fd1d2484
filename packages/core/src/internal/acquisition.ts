import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { AccessToken } from "../AccessToken.ts"
import type { Gatekeeper, IssuedToken } from "../Gatekeeper.ts"
import type { Grant } from "../Grant.ts"
import * as Lifetime from "../Lifetime.ts"
import { retry, type RetryPolicy } from "../RetryPolicy.ts"
import {
  MalformedAnswer,
  TokenError,
  type TokenErrorReason,
  Unavailable,
  WrongToken
} from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { Flight } from "./flights.ts"
import { monotonicMillis } from "./monotonic.ts"
import type { Seen } from "./seen.ts"
import type { TrustedStore } from "./trustedStore.ts"

/** What a flight works with. */
export interface Acquisition {
  readonly clock: Clock.Clock
  readonly gatekeeper: Gatekeeper["Service"]
  readonly store: TrustedStore
  readonly seen: Seen
  readonly retryPolicy: RetryPolicy
  /** Milliseconds for a whole flight, retries included. */
  readonly deadline: number
}

/** A token fit to be handed out; without a lifetime, only now. */
export interface Fetched {
  readonly token: AccessToken
  readonly lifetime: Lifetime.Lifetime | undefined
}

/** Revocations may overtake a flight; one that is overtaken this often gives up. */
const maximumRounds = 5

/**
 * The work of one flight: look into the store, ask upstream, judge, store. Begins again where a
 * revocation overtook it, because a token from before must neither be stored nor handed out.
 */
export const acquire = (
  self: Acquisition,
  key: TokenKey,
  grant: Grant,
  minimumValidity: number,
  flight: Flight<Fetched>
): Effect.Effect<Fetched, TokenError> => {
  const round = (left: number): Effect.Effect<Fetched, TokenError> =>
    Effect.filterOrElse(
      attempt(self, key, grant, minimumValidity, flight),
      (fetched): fetched is Fetched => fetched !== "overtaken",
      () => (left > 1 ? round(left - 1) : fail(key, unavailable("revoked")))
    )
  return round(maximumRounds).pipe(
    Effect.timeoutOrElse({
      duration: self.deadline,
      orElse: () => fail(key, unavailable("timeout"))
    })
  )
}

const attempt = Effect.fnUntraced(function* (
  self: Acquisition,
  key: TokenKey,
  grant: Grant,
  minimumValidity: number,
  flight: Flight<Fetched>
): Effect.fn.Return<Fetched | "overtaken", TokenError> {
  flight.overtaken = false
  const { generation, held } = yield* self.store.get(key)
  const now = monotonicMillis(self.clock)
  if (held !== undefined && Lifetime.isUsable(held.lifetime, now, minimumValidity)) return held
  const fresh = yield* request(self, key, grant).pipe(retry(self.retryPolicy))
  if (flight.overtaken) return "overtaken"
  if (fresh.lifetime === undefined) return fresh
  const outcome = yield* self.store.put(
    { key, token: fresh.token, lifetime: fresh.lifetime },
    generation
  )
  return outcome === "superseded" ? "overtaken" : fresh
})

/** One request upstream; a token that is dead or already another's is refused like any wrong answer. */
const request = Effect.fnUntraced(function* (
  self: Acquisition,
  key: TokenKey,
  grant: Grant
): Effect.fn.Return<Fetched, TokenError> {
  const sent = monotonicMillis(self.clock)
  const issued = yield* self.gatekeeper.requestToken(grant)
  if (!self.seen.admit(key, issued.token)) {
    return yield* fail(key, (fields) => new WrongToken({ ...fields, mismatch: "reused" }))
  }
  const lifetime = yield* lifetimeOf(issued, sent)
  if (lifetime !== undefined && !Lifetime.isUsable(lifetime, monotonicMillis(self.clock))) {
    const problem = "the token had reached its limit when it arrived"
    return yield* fail(key, (fields) => new MalformedAnswer({ ...fields, problem }))
  }
  return { token: issued.token, lifetime }
})

const lifetimeOf = (
  issued: IssuedToken,
  sent: number
): Effect.Effect<Lifetime.Lifetime | undefined> => {
  const { life } = issued
  return life === undefined
    ? Effect.succeed(undefined as Lifetime.Lifetime | undefined)
    : Effect.map(Random.next, (random) => Lifetime.make(sent, life, random))
}

type Fields = { readonly organisation?: string }

const unavailable =
  (problem: Unavailable["problem"]) =>
  (fields: Fields): TokenErrorReason =>
    new Unavailable({ ...fields, problem })

const fail = (
  key: TokenKey,
  reason: (fields: Fields) => TokenErrorReason
): Effect.Effect<never, TokenError> =>
  Effect.fail(
    new TokenError({
      reason: reason(key.organisation === undefined ? {} : { organisation: key.organisation })
    })
  )
