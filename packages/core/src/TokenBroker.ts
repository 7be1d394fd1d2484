/**
 * The broker: a valid token for a grant, fetched once however many ask.
 *
 * A token that is held and alive is handed out without a fiber or a promise. When it is due it is renewed
 * ahead, and nobody waits. Otherwise all who ask for the same key share one flight. The flight belongs to the
 * broker, not to its first caller: callers come and go, each with its own deadline, and the flight goes on.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { AccessToken } from "./AccessToken.ts"
import type { BrokerEvent } from "./BrokerEvent.ts"
import type { Explanation } from "./Explanation.ts"
import { Gatekeeper } from "./Gatekeeper.ts"
import * as Grants from "./Grant.ts"
import type { Health } from "./Health.ts"
import { type Acquisition, type Fetched, noteFailure } from "./internal/acquisition.ts"
import * as Admission from "./internal/admission.ts"
import * as Announcer from "./internal/announcer.ts"
import { explain } from "./internal/explain.ts"
import * as FairQueue from "./internal/fairQueue.ts"
import * as Flights from "./internal/flights.ts"
import * as HealthProbe from "./internal/health.ts"
import { checkNumbers } from "./internal/checkNumbers.ts"
import * as FetchedTokens from "./internal/fetchedTokens.ts"
import * as KnownTokens from "./internal/knownTokens.ts"
import * as Ledger from "./internal/ledger.ts"
import { revokeAll, revokeIssued, revokeOne, type Revoker } from "./internal/revocation.ts"
import { makeSource } from "./internal/source.ts"
import { sturdy } from "./internal/sturdy.ts"
import * as Tombstones from "./internal/tombstones.ts"
import * as TrustedStore from "./internal/trustedStore.ts"
import * as Untold from "./internal/untold.ts"
import * as WakeUps from "./internal/wakeUps.ts"
import { warm, type WarmOptions, type WarmProgress } from "./internal/warm.ts"
import { monotonicMillis } from "./MonotonicClock.ts"
import { organisationId } from "./Organisation.ts"
import { Partner } from "./Partner.ts"
import { defaultRetryPolicy, type RetryPolicy } from "./RetryPolicy.ts"
import type { RevocableToken, Revocation, ShutdownReport } from "./Revocation.ts"
import type { TokenError } from "./TokenError.ts"
import * as TokenKeys from "./TokenKey.ts"
import type { AcquireOptions, TokenSource } from "./TokenSource.ts"
import { type StoreEntry, TokenStore } from "./TokenStore.ts"

export type {
  /**
   * @category models
   * @since 0.1.0
   */
  WarmOptions,
  /**
   * @category models
   * @since 0.1.0
   */
  WarmProgress
} from "./internal/warm.ts"

/**
 * Gives out tokens: held ones at once, others by one fetch that all callers share; renews them ahead and revokes them.
 *
 * @category services
 * @since 0.1.0
 */
export class TokenBroker extends Context.Service<
  TokenBroker,
  {
    /** A valid token for a grant. */
    readonly acquire: (
      grant: Grants.Grant,
      options?: AcquireOptions
    ) => Effect.Effect<AccessToken, TokenError>
    /** A handle on a grant; keep it as long as you like. Fails when the grant's life is out of bounds. */
    readonly source: (grant: Grants.Grant) => Effect.Effect<TokenSource, TokenError>
    /** A new token, whatever is held. Joins a fetch that is under way. */
    readonly renew: (grant: Grants.Grant) => Effect.Effect<AccessToken, TokenError>
    /** Forgets a token by its id, without telling the upstream. Whether it was held. */
    readonly invalidate: (tokenId: string) => Effect.Effect<boolean, TokenError>
    /** Revokes one token, known by its id: here first, then upstream. Fails for a malformed id only. */
    readonly revoke: (token: RevocableToken) => Effect.Effect<Revocation, TokenError>
    /**
     * Revokes every token of an organisation: here first, then upstream, then here again what was fetched
     * in between.
     */
    readonly revokeOrganisation: (id: string) => Effect.Effect<Revocation, TokenError>
    /** Revokes every token of the caller itself, in the same way. */
    readonly revokeOwn: Effect.Effect<Revocation, TokenError>
    /**
     * Revokes what this process has fetched and what may still be alive, for shutdown: `within` so many
     * milliseconds.
     */
    readonly revokeIssued: (within: number) => Effect.Effect<ShutdownReport>
    /** Fetches tokens before they are needed, at a bounded rate, and tells how far it is. */
    readonly warm: (
      grants: ReadonlyArray<Grants.Grant>,
      options?: WarmOptions
    ) => Stream.Stream<WarmProgress, TokenError>
    /** Why a grant's token is or is not served. */
    readonly explain: (grant: Grants.Grant) => Effect.Effect<Explanation, TokenError>
    /**
     * Whether it can do its work. Asks Nuapay and the store at most every few seconds, however often it is
     * asked itself, and takes two seconds at most.
     */
    readonly health: Effect.Effect<Health>
    /** What the broker does, from now on; a listener that is slow loses the oldest of 1 024. */
    readonly events: Stream.Stream<BrokerEvent>
    /** What the store holds; no secrets. */
    readonly entries: Effect.Effect<ReadonlyArray<StoreEntry>, TokenError>
  }
>()("@onbehalf/core/TokenBroker") {}

/**
 * Lives, deadlines and limits of a broker.
 *
 * @category models
 * @since 0.1.0
 */
export interface TokenBrokerOptions {
  /**
   * Seconds that a token is asked to live where its grant does not say. Default: 600.
   */
  readonly expiresIn?: number | undefined
  /** Milliseconds that one fetch may take, retries included. Default: 15 000. */
  readonly deadline?: number | undefined
  /** How often and after which waits, in milliseconds, a fetch is tried again. Default: {@link RetryPolicy}'s own. */
  readonly retryPolicy?: Partial<RetryPolicy> | undefined
  /** What happens when the store fails. Default: `bypass`. */
  readonly storePolicy?: TrustedStore.StorePolicy | undefined
  /** How many requests may be under way to the upstream at a time. Callers go before renewals, merchants take turns. Default: 32. */
  readonly concurrency?: number | undefined
}

/** Requests under way at once. */
const defaultConcurrency = 32

/** Flights with a lease, for each request under way. */
const turnsAPlace = 8

/** Fetches under way at once in one process; more are refused as overloaded. */
const maximumFlights = 10_000

/** Tokens remembered: whose they are, and which this process fetched. */
const maximumRemembered = 100_000

/** Keys whose failures are remembered, and revocations. */
const maximumRecords = 10_000

/**
 * A broker for a partner account and a store; work under way ends with its scope. Fails with `InvalidRequest` or `InvalidConfiguration` where an
 * option is out of its range. Neither Nuapay nor the store is asked for anything yet.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: TokenBrokerOptions = {}
): Effect.fn.Return<
  TokenBroker["Service"],
  TokenError,
  Partner | Gatekeeper | TokenStore | Scope.Scope
> {
  const partner = yield* Partner
  const defaultExpiresIn = yield* Grants.expiresIn(options.expiresIn ?? Grants.defaultExpiresIn)
  yield* checkNumbers({
    deadline: options.deadline,
    concurrency: options.concurrency,
    ...options.retryPolicy
  })
  yield* TrustedStore.checkPolicy(options.storePolicy)
  const tokenStore = sturdy(yield* TokenStore)
  const { acquisition, flights } = yield* makeParts(options, tokenStore)
  const revoker: Revoker = { ...acquisition, flights }

  const brokerSource = (grant: Grants.Grant) =>
    Effect.map(withExpiresIn(grant, defaultExpiresIn), (complete) =>
      makeSource(acquisition, flights, TokenKeys.make(partner, complete), complete)
    )
  const acquire = (grant: Grants.Grant, acquireOptions?: AcquireOptions) =>
    Effect.flatMap(brokerSource(grant), (source) => source.token(acquireOptions))
  const { key: probeKey } = yield* brokerSource(yield* Grants.own({ scopes: ["health"] }))

  return TokenBroker.of({
    acquire,
    source: brokerSource,
    renew: (grant) => Effect.flatMap(brokerSource(grant), (source) => source.renew()),
    invalidate: (tokenId) => {
      const key = acquisition.tokens.keyOf(tokenId)
      return key === undefined ? Effect.succeed(false) : acquisition.store.remove(key, tokenId)
    },
    revoke: (token) => revokeOne(revoker, token),
    revokeOrganisation: (id) =>
      Effect.flatMap(organisationId(id), (organisation) =>
        revokeAll(revoker, TokenKeys.owner(partner, organisation), organisation)
      ),
    revokeOwn: revokeAll(revoker, TokenKeys.owner(partner, undefined), undefined),
    revokeIssued: (within) => revokeIssued(revoker, within),
    warm: (grants, warmOptions) => warm(acquire, grants, warmOptions),
    explain: (grant) =>
      Effect.flatMap(brokerSource(grant), ({ key }) => explain(acquisition, flights, key)),
    health: yield* HealthProbe.make({
      gatekeeper: acquisition.gatekeeper,
      store: tokenStore,
      policy: options.storePolicy ?? "bypass",
      key: probeKey,
      isKeyRefused: () => acquisition.admission.state(probeKey).apiKeyRefusedFor > 0
    }),
    events: acquisition.announcer.events,
    entries: acquisition.store.entries
  })
})

/**
 * The broker as a service. Fails as {@link make} does.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options?: TokenBrokerOptions
): Layer.Layer<TokenBroker, TokenError, Partner | Gatekeeper | TokenStore> =>
  Layer.effect(TokenBroker, make(options))

const makeParts = Effect.fnUntraced(function* (
  options: TokenBrokerOptions,
  tokenStore: TokenStore["Service"]
) {
  const clock = yield* Clock.Clock
  const scope = yield* Effect.scope
  const now = monotonicMillis(clock)
  const retryPolicy = { ...defaultRetryPolicy, ...options.retryPolicy }
  const tokens = KnownTokens.make(maximumRemembered)
  const announcer = yield* Announcer.make
  const concurrency = options.concurrency ?? defaultConcurrency
  // Some of them talk to the store, and some wait before they try again: the upstream is kept busy all the same.
  const turns = FairQueue.make(turnsAPlace * concurrency)
  const admission = Admission.make({
    now,
    concurrency,
    maximumWait: retryPolicy.maximumRetryAfter
  })
  const store = TrustedStore.make(tokenStore, {
    now,
    tokens,
    tombstones: Tombstones.make(now, maximumRecords),
    untold: yield* Untold.make(maximumRecords),
    policy: options.storePolicy ?? "bypass",
    announcer
  })
  const ledger = Ledger.make(now, maximumRecords)
  const deadline = options.deadline ?? 15_000
  const flights = yield* Flights.make<Fetched>({
    scope,
    now,
    maximum: maximumFlights,
    deadline,
    onUrgent: (key) => {
      turns.promote(key.text)
      admission.promote(key)
    },
    onFailure: (flight, error) => noteFailure({ announcer, ledger, now, store }, flight, error)
  })
  const acquisition: Acquisition = {
    now,
    scope,
    gatekeeper: yield* Gatekeeper,
    store,
    tokens,
    fetched: FetchedTokens.make(now, maximumRemembered),
    admission,
    turns,
    ledger,
    announcer,
    wakeUps: WakeUps.make(store.changes, scope),
    retryPolicy,
    deadline,
    renewalShift: yield* Random.next
  }
  return { acquisition, flights }
})

const withExpiresIn = (
  grant: Grants.Grant,
  expiresIn: number
): Effect.Effect<Grants.Grant, TokenError> => {
  if (grant._tag === "ApplicationGrant") return Effect.succeed(grant)
  return Effect.map(Grants.expiresIn(grant.expiresIn ?? expiresIn), (seconds) => ({
    ...grant,
    expiresIn: seconds
  }))
}
