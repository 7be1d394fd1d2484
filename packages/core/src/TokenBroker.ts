/**
 * The broker: a valid token for a grant, fetched once however many ask.
 *
 * A token that is held and alive is handed out without a fiber or a promise. Otherwise all who ask for the
 * same key share one flight. The flight belongs to the broker, not to its first caller: callers come and go,
 * each with its own deadline, and the flight goes on.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type AccessToken, tokenId } from "./AccessToken.ts"
import { Gatekeeper } from "./Gatekeeper.ts"
import * as Grants from "./Grant.ts"
import type { Acquisition, Fetched } from "./internal/acquisition.ts"
import * as Flights from "./internal/flights.ts"
import * as Seen from "./internal/seen.ts"
import * as TrustedStore from "./internal/trustedStore.ts"
import { type OrganisationId, organisationId } from "./Organisation.ts"
import { Partner } from "./Partner.ts"
import { defaultRetryPolicy, retry, type RetryPolicy } from "./RetryPolicy.ts"
import type { TokenError } from "./TokenError.ts"
import * as TokenKeys from "./TokenKey.ts"
import { type AcquireOptions, makeSource, type TokenSource } from "./TokenSource.ts"
import { type StoreEntry, TokenStore } from "./TokenStore.ts"

/**
 * A token, or what is known of one.
 *
 * @category models
 * @since 0.1.0
 */
export interface RevocableToken {
  readonly id: string
  readonly organisation: string
}

/**
 * What became of a revocation: `alreadyGone` where the upstream does not know the token (any more).
 *
 * @category models
 * @since 0.1.0
 */
export type Revocation = "revoked" | "alreadyGone"

/**
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
    /** Revokes one token, known by its id: here first, then upstream. */
    readonly revoke: (token: RevocableToken) => Effect.Effect<Revocation, TokenError>
    /**
     * Revokes every token of an organisation: here first, then upstream, then here again what was fetched
     * in between. How many the upstream revoked, where it says so.
     */
    readonly revokeOrganisation: (id: string) => Effect.Effect<number | undefined, TokenError>
    /** Revokes every token of the caller itself, in the same way. */
    readonly revokeOwn: Effect.Effect<number | undefined, TokenError>
    /** What the store holds; no secrets. */
    readonly entries: Effect.Effect<ReadonlyArray<StoreEntry>, TokenError>
  }
>()("@onbehalf/core/TokenBroker") {}

/**
 * @category models
 * @since 0.1.0
 */
export interface TokenBrokerOptions {
  /**
   * Seconds that a token is asked to live where its grant does not say. Default: 600. The server's own
   * default of ten seconds makes about eight requests a minute for a busy merchant; ten minutes make one
   * in seven, and still bound what a leaked token is worth.
   */
  readonly expiresIn?: number | undefined
  /** Milliseconds that one fetch may take, retries included. Default: 15 000. */
  readonly deadline?: number | undefined
  readonly retryPolicy?: Partial<RetryPolicy> | undefined
  /** What happens when the store fails. Default: `bypass`. */
  readonly storePolicy?: TrustedStore.StorePolicy | undefined
}

/** Fetches under way at once in one process; more are refused as overloaded. */
const maximumFlights = 10_000

/** Tokens remembered for the check that none is handed out to two organisations. */
const maximumSeen = 100_000

/**
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
  const defaultExpiresIn = yield* Grants.expiresIn(options.expiresIn ?? 600)
  const deadline = options.deadline ?? 15_000
  const seen = Seen.make(maximumSeen)
  const store = TrustedStore.make(yield* TokenStore, seen, options.storePolicy ?? "bypass")
  const gatekeeper = yield* Gatekeeper
  const flights = yield* Flights.make<Fetched>(yield* Effect.scope, maximumFlights)
  const acquisition: Acquisition = {
    clock: yield* Clock.Clock,
    gatekeeper,
    store,
    seen,
    retryPolicy: { ...defaultRetryPolicy, ...options.retryPolicy },
    deadline
  }

  const source = (grant: Grants.Grant): Effect.Effect<TokenSource, TokenError> =>
    Effect.map(withExpiresIn(grant, defaultExpiresIn), (complete) =>
      makeSource(acquisition, flights, TokenKeys.make(partner, complete), complete)
    )
  const revoke = (organisation: OrganisationId | undefined) =>
    revokeAll(acquisition, flights, TokenKeys.owner(partner, organisation), organisation)

  return TokenBroker.of({
    acquire: (grant, acquireOptions) =>
      Effect.flatMap(source(grant), (made) => made.token(acquireOptions)),
    source,
    revoke: (token) => revokeOne(acquisition, token),
    revokeOrganisation: (id) => Effect.flatMap(organisationId(id), revoke),
    revokeOwn: revoke(undefined),
    entries: store.entries
  })
})

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options?: TokenBrokerOptions
): Layer.Layer<TokenBroker, TokenError, Partner | Gatekeeper | TokenStore> =>
  Layer.effect(TokenBroker, make(options))

const revokeOne = Effect.fnUntraced(function* (
  { gatekeeper, retryPolicy, seen, store }: Acquisition,
  token: RevocableToken
): Effect.fn.Return<Revocation, TokenError> {
  const id = yield* tokenId(token.id)
  const key = seen.keyOf(token.id)
  if (key !== undefined) yield* Effect.ignore(store.remove(key, id))
  const ofCaller = key !== undefined && key.organisation === undefined
  const organisation = ofCaller ? undefined : yield* organisationId(token.organisation)
  return yield* gatekeeper.revokeToken(organisation, id).pipe(
    retry(retryPolicy),
    Effect.as<Revocation>("revoked"),
    Effect.catchReason("TokenError", "OrganisationUnknown", () =>
      Effect.succeed<Revocation>("alreadyGone")
    )
  )
})

/** Here first, then upstream, then here again: what was fetched in between may be dead as well. */
const revokeAll = Effect.fnUntraced(function* (
  { gatekeeper, retryPolicy, store }: Acquisition,
  flights: Flights.Flights<Fetched>,
  owner: string,
  organisation: OrganisationId | undefined
): Effect.fn.Return<number | undefined, TokenError> {
  const here = Effect.suspend(() => {
    flights.overtake(owner)
    return store.revoke(owner)
  })
  yield* Effect.ignore(here)
  const count = yield* gatekeeper.revokeAll(organisation).pipe(
    retry(retryPolicy),
    Effect.onError(() => Effect.ignore(here))
  )
  yield* here
  return count
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
