import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import { InvalidConfiguration, StoreUnavailable, TokenError } from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import type {
  Lease,
  Lookup,
  StoreChange,
  StoredToken,
  StoreEntry,
  StoreError,
  TokenStore
} from "../TokenStore.ts"
import { about } from "./about.ts"
import type { Announcer } from "./announcer.ts"
import type { MonotonicMillis } from "../MonotonicClock.ts"
import { impatient } from "./impatient.ts"
import type { KnownTokens } from "./knownTokens.ts"
import * as StoreTroubles from "./storeTroubles.ts"
import type { Tombstones } from "./tombstones.ts"
import type { Untold } from "./untold.ts"

/**
 * What happens when the store fails: `bypass` goes on without it, `fail` refuses with `StoreUnavailable`.
 */
export type StorePolicy = "bypass" | "fail"

const policies: ReadonlyArray<StorePolicy | undefined> = ["bypass", "fail", undefined]

/** In JavaScript it may be another word: nobody who meant `fail` should get `bypass` without being told. */
export const checkPolicy = (policy: StorePolicy | undefined): Effect.Effect<void, TokenError> =>
  policies.includes(policy)
    ? Effect.void
    : Effect.fail(
        new TokenError({
          reason: new InvalidConfiguration({
            setting: "storePolicy",
            problem: 'must be "bypass" or "fail"'
          })
        })
      )

/**
 * A store as the broker uses it: what is read is checked to be what was asked for (invariant 1), and
 * trouble with the store is met by the policy (invariant 10).
 */
export interface TrustedStore {
  readonly peek: (key: TokenKey) => StoredToken | undefined
  /** As long as it stays the same, what `peek` gave still holds. */
  readonly epoch: () => number
  readonly get: (key: TokenKey) => Effect.Effect<TrustedLookup, TokenError>
  readonly put: (
    stored: StoredToken,
    generation: number | undefined
  ) => Effect.Effect<"stored" | "superseded", TokenError>
  /** Never gives this token again, whatever the store does. */
  readonly bury: (id: string) => void
  readonly remove: (key: TokenKey, id: string) => Effect.Effect<boolean, TokenError>
  /** With the store in trouble every flight may fetch: a lease only saves requests. */
  readonly lease: (
    key: TokenKey,
    atMost: number
  ) => Effect.Effect<Lease | undefined, TokenError, Scope.Scope>
  readonly changes: Stream.Stream<StoreChange, StoreError>
  readonly revoke: (owner: string) => Effect.Effect<number, TokenError>
  readonly entries: Effect.Effect<ReadonlyArray<StoreEntry>, TokenError>
  /** The last trouble, for `explain`. */
  readonly trouble: () => StoreTroubles.Trouble | undefined
}

export interface TrustedStoreOptions {
  readonly now: MonotonicMillis
  readonly tokens: KnownTokens
  readonly tombstones: Tombstones
  readonly untold: Untold
  readonly policy: StorePolicy
  readonly announcer: Announcer
}

/** What a look found; without a generation where the store could not be asked. */
export interface TrustedLookup {
  readonly held: StoredToken | undefined
  readonly generation: number | undefined
}

/** What stands for a lease where the store gives none because it is in trouble. */
const noLease: Lease | undefined = { fence: 0 }

/**
 * Milliseconds that a store is waited for which does not see to that itself: callers must get their token, and the
 * upstream must hear of a revocation, whatever the store does.
 */
const patience = 2_000

const nothing: TrustedLookup = { held: undefined, generation: undefined }

export const make = (
  store: TokenStore["Service"],
  { announcer, now, policy, tokens, tombstones, untold }: TrustedStoreOptions
): TrustedStore => {
  const troubles = StoreTroubles.make(now, announcer)
  const handled = handling(troubles, policy)
  const asked = impatient(store, now, patience)

  /** A record of another key, or of a revoked token, is deleted where it lies, and counts as a miss. */
  const checked = (key: TokenKey, lookup: Lookup): Effect.Effect<Lookup, StoreError> => {
    const held = lookup.held
    if (held === undefined) return Effect.succeed(lookup)
    const removed = Effect.as(asked.remove(key, held.token.id), { ...lookup, held: undefined })
    if (tombstones.isBuried(held)) return removed
    return isOwn(key, held) && tokens.admit(key, held.token)
      ? Effect.succeed(lookup)
      : Effect.andThen(troubles.note("get", "poisoned", key.organisation), removed)
  }

  return {
    peek: (key) => {
      const held = store.peek(key)
      return held !== undefined && isOwn(key, held) && !tombstones.isBuried(held) ? held : undefined
    },
    epoch: () => store.epoch() + tombstones.count(),
    get: (key) =>
      handled(
        Effect.flatMap(asked.get(key), (lookup): Effect.Effect<TrustedLookup, StoreError> =>
          checked(key, lookup)
        ),
        nothing,
        key.organisation
      ),
    put: (stored, generation) => {
      const put =
        generation === undefined ? putUnknown(asked, stored) : asked.put(stored, generation)
      // One that was revoked by its id meanwhile belongs to nobody: the id is known to others as soon as it lies there.
      return Effect.map(handled(put, "stored", stored.key.organisation), (outcome) =>
        tombstones.isTokenBuried(stored.token.id) ? "superseded" : outcome
      )
    },
    bury: tombstones.buryToken,
    remove: (key, id) =>
      Effect.suspend(() => {
        tombstones.buryToken(id)
        return handled(
          untold.tell(`${id} ${key.text}`, asked.remove(key, id)),
          false,
          key.organisation
        )
      }),
    lease: (key, atMost) => handled(asked.lease(key, atMost), noLease, key.organisation),
    changes: store.changes,
    revoke: (owner) =>
      Effect.suspend(() => {
        tombstones.buryOwner(owner)
        return handled(untold.tell(owner, asked.revoke(owner)), 0, undefined)
      }),
    entries: handled(asked.entries, [], undefined),
    trouble: troubles.last
  }
}

type Handled = <A, R>(
  effect: Effect.Effect<A, StoreError, R>,
  otherwise: A,
  organisation: string | undefined
) => Effect.Effect<A, TokenError, R>

/** Trouble is told, and met by the policy. */
const handling =
  (troubles: StoreTroubles.StoreTroubles, policy: StorePolicy): Handled =>
  (effect, otherwise, organisation) =>
    Effect.catch(effect, ({ operation }) =>
      Effect.andThen(
        troubles.note(operation, "failed", organisation),
        policy === "bypass"
          ? Effect.succeed(otherwise)
          : Effect.fail(storeUnavailable(operation, organisation))
      )
    )

/**
 * The look failed, so nobody knows whether a revocation came between. A store that was never told of one takes the
 * token. Else, where it can be asked again, all begins again; where it still cannot, the token is handed out and
 * kept nowhere (invariant 10).
 */
const putUnknown = (store: TokenStore["Service"], stored: StoredToken) =>
  Effect.flatMap(store.put(stored, 0), (outcome) =>
    outcome === "stored"
      ? Effect.succeed(outcome)
      : Effect.match(store.get(stored.key), {
          onFailure: () => "stored" as const,
          onSuccess: () => outcome
        })
  )

const isOwn = (key: TokenKey, held: StoredToken): boolean =>
  held.key.text === key.text &&
  (key.organisation === undefined || held.token.organisation === key.organisation)

const storeUnavailable = (operation: string, organisation: string | undefined): TokenError =>
  new TokenError({ reason: new StoreUnavailable({ operation, ...about({ organisation }) }) })
