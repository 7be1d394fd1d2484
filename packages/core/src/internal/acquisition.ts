import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import type { AccessToken } from "../AccessToken.ts"
import type { Gatekeeper } from "../Gatekeeper.ts"
import type { Grant } from "../Grant.ts"
import { organisationOf } from "../Grant.ts"
import * as Lifetime from "../Lifetime.ts"
import type { MonotonicMillis } from "../MonotonicClock.ts"
import { retry, type RetryPolicy } from "../RetryPolicy.ts"
import {
  MalformedAnswer,
  TokenError,
  type TokenErrorReason,
  Unavailable,
  WrongToken
} from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { StoredToken } from "../TokenStore.ts"
import { about } from "./about.ts"
import type { Admission } from "./admission.ts"
import type { Announcer } from "./announcer.ts"
import type { FetchedTokens } from "./fetchedTokens.ts"
import type { FairQueue } from "./fairQueue.ts"
import type { Flight } from "./flights.ts"
import type { KnownTokens } from "./knownTokens.ts"
import type { Ledger } from "./ledger.ts"
import type { TrustedLookup, TrustedStore } from "./trustedStore.ts"
import type { WakeUps } from "./wakeUps.ts"

/** What a flight works with. */
export interface Acquisition {
  readonly now: MonotonicMillis
  readonly scope: Scope.Scope
  readonly gatekeeper: Gatekeeper["Service"]
  readonly store: TrustedStore
  readonly tokens: KnownTokens
  readonly fetched: FetchedTokens
  readonly admission: Admission
  /**
   * Flights that may hold a lease at a time. In a process that cannot keep up, hundreds would hold theirs while they
   * queue for the upstream, and make every other process look again and again for what none of them gets done.
   */
  readonly turns: FairQueue
  readonly ledger: Ledger
  readonly announcer: Announcer
  readonly wakeUps: WakeUps
  readonly retryPolicy: RetryPolicy
  /** Milliseconds for a whole flight, retries included. */
  readonly deadline: number
  /** See `Lifetime.renewalFor`. */
  readonly renewalShift: number
}

/** A token fit to be handed out; without a lifetime, only now. */
export interface Fetched {
  readonly token: AccessToken
  readonly lifetime: Lifetime.Lifetime | undefined
  /** Else it lay in the store. */
  readonly isNew: boolean
}

/** What a flight is for. */
export interface Errand {
  readonly key: TokenKey
  readonly grant: Grant
  /** Whether a token that lies in the store will do. */
  readonly suffices: (held: StoredToken) => boolean
}

/** What lies in the store, where it will do. */
const fitting = ({ suffices }: Errand, { held }: TrustedLookup): Fetched | undefined =>
  held !== undefined && suffices(held)
    ? { token: held.token, lifetime: held.lifetime, isNew: false }
    : undefined

/** Revocations may overtake a flight; one that is overtaken this often gives up. */
const maximumRounds = 5

/** Each request whose answer never came may have made a token that nobody knows: two are enough. */
const maximumLostAnswers = 2

/**
 * The work of one flight: look into the store, get the lease, look again, ask upstream, judge, store. Begins again where a
 * revocation overtook it, because a token from before must neither be stored nor handed out.
 */
export const acquire = (
  self: Acquisition,
  errand: Errand,
  flight: Flight<Fetched>
): Effect.Effect<Fetched, TokenError> => {
  const round = (left: number): Effect.Effect<Fetched, TokenError> =>
    Effect.flatMap(attempt(self, errand, flight), (fetched) =>
      fetched !== "overtaken"
        ? Effect.succeed(fetched)
        : left > 1
          ? round(left - 1)
          : fail(errand.key, unavailable("revoked"))
    )
  return round(maximumRounds)
}

/** Where another holds the lease: waits until something changed, and begins again. */
const attempt = Effect.fnUntraced(function* (
  self: Acquisition,
  errand: Errand,
  flight: Flight<Fetched>
): Effect.fn.Return<Fetched | "overtaken", TokenError> {
  flight.overtaken = false
  for (let round = 0; ; round++) {
    const seen = yield* self.store.get(errand.key)
    const outcome =
      fitting(errand, seen) ??
      (yield* inTurn(self, errand, flight, seen)) ??
      (yield* behindAnother(self, errand, round))
    if (outcome !== undefined) return outcome
  }
})

/** Nothing where another holds the lease. */
const inTurn = (
  self: Acquisition,
  errand: Errand,
  flight: Flight<Fetched>,
  seen: TrustedLookup
): Effect.Effect<Fetched | "overtaken" | undefined, TokenError> => {
  const { owner, text } = errand.key
  return self.turns.withPlace({ key: text, owner, urgent: flight.urgent }, (restore, hasWaited) =>
    restore(withLease(self, errand, flight, hasWaited ? undefined : seen))
  )
}

/**
 * With the lease: looks again, for the token may have come meanwhile, and fetches. A lease lasts half as long as a
 * flight: where its holder was killed, a flight that began a moment later still has the other half.
 */
const withLease = (
  self: Acquisition,
  errand: Errand,
  flight: Flight<Fetched>,
  seen: TrustedLookup | undefined
): Effect.Effect<Fetched | "overtaken" | undefined, TokenError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { key } = errand
      const lease = yield* self.store.lease(key, self.deadline / 2)
      if (lease === undefined) return undefined
      // Processes renew at different times: hardly anybody else has renewed it since that look.
      const recent = flight.ahead ? seen : undefined
      const look = recent ?? (yield* self.store.get(key))
      return fitting(errand, look) ?? (yield* fetchAndKeep(self, errand, flight, look.generation))
    })
  )

/** Looks once it watches, so that nothing is missed; then waits until something changed. */
const behindAnother = (
  self: Acquisition,
  errand: Errand,
  round: number
): Effect.Effect<Fetched | undefined, TokenError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const watch = yield* self.wakeUps.watch(errand.key, round)
      const fit = fitting(errand, yield* self.store.get(errand.key))
      if (fit === undefined) yield* watch.changed
      return fit
    })
  )

const fetchAndKeep = Effect.fnUntraced(function* (
  self: Acquisition,
  errand: Errand,
  flight: Flight<Fetched>,
  generation: number | undefined
): Effect.fn.Return<Fetched | "overtaken", TokenError> {
  const { key } = errand
  const fresh = yield* fetch(self, errand, flight)
  self.fetched.add({
    key,
    id: fresh.token.id,
    organisation: organisationOf(errand.grant),
    at: self.now(),
    end: fresh.lifetime?.end
  })
  // What cannot be kept and is not handed out either would live on, known to nobody.
  const kept = Effect.tapError(keep(self, key, fresh, generation), () =>
    discard(self, errand, fresh)
  )
  // Asked on both sides of the store: a revocation may come and go while it takes its time.
  if (flight.overtaken || (yield* kept) === "superseded" || flight.overtaken) {
    yield* tellOvertaken(self, key, fresh)
    yield* Effect.ignore(self.store.remove(key, fresh.token.id))
    yield* discard(self, errand, fresh)
    return "overtaken"
  }
  self.ledger.succeeded(key.text)
  yield* self.announcer.announce({
    _tag: flight.ahead ? "Renewed" : "Acquired",
    organisation: key.organisation,
    tokenId: fresh.token.id
  })
  return fresh
})

const keep = (
  self: Acquisition,
  key: TokenKey,
  { lifetime, token }: Fetched,
  generation: number | undefined
) =>
  lifetime === undefined
    ? Effect.succeed("stored" as const)
    : self.store.put({ key, token, lifetime }, generation)

const tellOvertaken = (self: Acquisition, key: TokenKey, { token }: Fetched) =>
  self.announcer.announce({
    _tag: "Overtaken",
    organisation: key.organisation,
    tokenId: token.id
  })

/** A token that nobody will get is alive upstream: it is revoked by its id, in the background. */
const discard = (self: Acquisition, { grant }: Errand, { token }: Fetched) =>
  self.gatekeeper
    .revokeToken(organisationOf(grant), token.id)
    .pipe(retry(self.retryPolicy), Effect.ignore, Effect.forkIn(self.scope))

/** Requests until one is answered, within the policy, the budget, and the number of answers that may be lost. */
const fetch = (
  self: Acquisition,
  errand: Errand,
  flight: Flight<Fetched>
): Effect.Effect<Fetched, TokenError> =>
  Effect.suspend(() => {
    let lost = 0
    const once = Effect.suspend(() =>
      self.admission.admit(errand.key, () => flight.urgent, request(self, errand))
    )
    return once.pipe(
      Effect.tapError((error) => {
        if (!isAnswerLost(error)) return Effect.void
        lost++
        return noteLostAnswer(self, errand.key)
      }),
      retry(self.retryPolicy, () => lost < maximumLostAnswers && self.admission.takeRetry())
    )
  })

/** Also where nobody waits for it any more: the token may have been made all the same. */
const noteLostAnswer = (self: Acquisition, key: TokenKey) =>
  Effect.suspend(() => {
    self.ledger.answerLost(key.text)
    return self.announcer.announce({ _tag: "AnswerLost", organisation: key.organisation })
  })

const isAnswerLost = ({ reason }: TokenError): boolean =>
  reason._tag === "Unavailable" && (reason.problem === "timeout" || reason.problem === "transfer")

/** One request upstream; a token that is dead or already another's is refused like any wrong answer. */
const request = Effect.fnUntraced(function* (
  self: Acquisition,
  { grant, key }: Errand
): Effect.fn.Return<Fetched, TokenError> {
  const sent = self.now()
  const { life, token } = yield* Effect.onInterrupt(self.gatekeeper.requestToken(grant), () =>
    noteLostAnswer(self, key)
  )
  if (!self.tokens.admit(key, token)) {
    return yield* fail(key, (fields) => new WrongToken({ ...fields, mismatch: "reused" }))
  }
  if (life === undefined) return { token, lifetime: undefined, isNew: true }
  const lifetime = Lifetime.make(sent, life, yield* Random.next)
  if (!Lifetime.isUsable(lifetime, self.now())) {
    const problem = "the token had reached its limit when it arrived"
    return yield* fail(key, (fields) => new MalformedAnswer({ ...fields, problem }))
  }
  return { token, lifetime, isNew: true }
})

/** What a failed flight leaves behind: an event, and a pause before the next renewal. */
export const noteFailure = Effect.fnUntraced(function* (
  self: Pick<Acquisition, "announcer" | "ledger" | "now" | "store">,
  flight: Flight<Fetched>,
  error: TokenError
): Effect.fn.Return<void> {
  const { key } = flight
  const limit = self.store.peek(key)?.lifetime.limit ?? self.now()
  self.ledger.failed(key.text, error, limit, yield* Random.next)
  const ahead = flight.ahead && !flight.urgent
  yield* self.announcer.announce({
    _tag: "Refused",
    organisation: key.organisation,
    error,
    ahead
  })
})

type Fields = { readonly organisation?: string }

const unavailable =
  (problem: Unavailable["problem"]) =>
  (fields: Fields): TokenErrorReason =>
    new Unavailable({ ...fields, problem })

const fail = (
  key: TokenKey,
  reason: (fields: Fields) => TokenErrorReason
): Effect.Effect<never, TokenError> => Effect.fail(new TokenError({ reason: reason(about(key)) }))
