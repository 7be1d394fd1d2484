/**
 * Two stores as one: a near one in this process, looked at synchronously, in front of a far one that many
 * processes share.
 *
 * The near tier is kept true by the far tier's `changes`. What was confirmed while the feed was up is
 * trusted; anything else for `maxStaleness` only. So a token that another process revoked is gone here when
 * the change arrives, and `maxStaleness` later at most when the feed is down.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { BoundedMap } from "./internal/boundedMap.ts"
import { followChanges } from "./internal/followChanges.ts"
import { impatient } from "./internal/impatient.ts"
import { sturdy } from "./internal/sturdy.ts"
import { monotonicMillis } from "./MonotonicClock.ts"
import type { StoreAdapter } from "./PromiseTokenBroker.ts"
import type { TokenKey } from "./TokenKey.ts"
import {
  type Lookup,
  type StoreChange,
  type StoredToken,
  type StoreError,
  TokenStore
} from "./TokenStore.ts"

/**
 * How far the near tier is trusted, and how long the far one is waited for.
 *
 * @category models
 * @since 0.1.0
 */
export interface TierOptions {
  /** Milliseconds for which the near tier is trusted while the feed is down. Default: 1 000. */
  readonly maxStaleness?: number | undefined
  /**
   * Milliseconds for which the far tier is waited for. One that did not answer is left alone for a second, so that
   * a far tier that hangs costs each caller one wait at most. Default: 500.
   */
  readonly timeout?: number | undefined
}

/**
 * Two stores to be used as one: a near tier in this process, and a far one that is shared.
 *
 * @category models
 * @since 0.1.0
 */
export interface TieredStoreOptions extends TierOptions {
  /** Looked at synchronously: it answers from this process. */
  readonly near: TokenStore["Service"]
  /** Asked when the near one has nothing. */
  readonly far: TokenStore["Service"]
}

/**
 * Two stores as one value. Follows the far one's changes for as long as its scope lives. Never fails: a far tier in trouble fails operations.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: TieredStoreOptions
): Effect.fn.Return<TokenStore["Service"], never, Scope.Scope> {
  const { maxStaleness = 1_000, near } = options
  const now = monotonicMillis(yield* Clock.Clock)
  const far = impatient(sturdy(options.far), now, options.timeout ?? 500)
  const tiers: Tiers = {
    near,
    far,
    now,
    trust: makeTrust(now, maxStaleness),
    looks: makeLooks(),
    gone: new BoundedMap(maximumConfirmations)
  }
  const { trust } = tiers

  yield* followChanges(far.changes, (change) => apply(change, tiers), Effect.sync(trust.feedDown))

  return TokenStore.of({
    peek: (key) => {
      const held = near.peek(key)
      return held !== undefined && trust.isTrusted(key.text) ? held : undefined
    },
    epoch: () => near.epoch() + trust.epoch(),
    get: (key) => get(tiers, key),
    put: (stored, generation) => put(tiers, stored, generation),
    remove: (key, id) =>
      Effect.suspend(() => {
        // Also where the far tier's answer with that very token is still on its way, and no feed would tell.
        tiers.gone.set(removalOf(key.text, id), true)
        return Effect.zipWith(
          near.remove(key, id),
          far.remove(key, id),
          (here, there) => here || there
        )
      }),
    // Here again after the far tier: what this process put in between must not outlive the revocation.
    revoke: (owner) =>
      Effect.andThen(near.revoke(owner), far.revoke(owner)).pipe(
        Effect.ensuring(Effect.ignore(near.revoke(owner)))
      ),
    lease: far.lease,
    changes: far.changes,
    entries: far.entries
  })
})

/**
 * Two stores as core's `TokenStore`, each built from its layer. Fails as these do.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E, R>({
  far,
  near,
  ...options
}: TierOptions & {
  readonly near: Layer.Layer<TokenStore, E, R>
  readonly far: Layer.Layer<TokenStore, E, R>
}): Layer.Layer<TokenStore, E, R> =>
  Layer.effect(
    TokenStore,
    Effect.gen(function* () {
      const [nearContext, farContext] = [yield* Layer.build(near), yield* Layer.build(far)]
      return yield* make({
        ...options,
        near: Context.get(nearContext, TokenStore),
        far: Context.get(farContext, TokenStore)
      })
    })
  )

/**
 * The same for `createTokenBroker`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tieredStore = ({
  far,
  near,
  ...options
}: TierOptions & {
  readonly near: StoreAdapter
  readonly far: StoreAdapter
}): StoreAdapter => ({ layer: layer({ ...options, near: near.layer, far: far.layer }) })

interface Tiers {
  readonly near: TokenStore["Service"]
  readonly far: TokenStore["Service"]
  readonly now: () => number
  readonly trust: Trust
  readonly looks: Looks
  /** What was removed: a token does not come back under its key. */
  readonly gone: Map<string, true>
}

const removalOf = (text: string, id: string): string => `${id} ${text}`

const isGone = ({ gone }: Tiers, { key, token }: StoredToken): boolean =>
  gone.has(removalOf(key.text, token.id))

const get = Effect.fnUntraced(function* (
  tiers: Tiers,
  key: TokenKey,
  again: boolean = true
): Effect.fn.Return<Lookup, StoreError> {
  const { far, looks, near, now } = tiers
  const { generation } = yield* near.get(key)
  const asked = now()
  looks.note(key.text, { generation, asked, there: unknown })
  const found = named(yield* far.get(key))
  looks.note(key.text, { generation, asked, there: found.generation })
  const lookup =
    found.held !== undefined && isGone(tiers, found.held) ? { ...found, held: undefined } : found
  if (lookup.held === undefined) {
    yield* forget(near, key)
    return lookup
  }
  if ((yield* keep(tiers, lookup.held, generation, asked)) === "stored") return lookup
  // A revocation was heard of while the far tier answered: nobody knows whether it looked before that or after.
  return again ? yield* get(tiers, key, false) : { ...lookup, held: undefined }
})

const put = Effect.fnUntraced(function* (
  tiers: Tiers,
  stored: StoredToken,
  generation: number
): Effect.fn.Return<"stored" | "superseded", StoreError> {
  const { far, looks, near, now } = tiers
  const look = looks.before(stored.key.text, generation)
  const before = yield* near.get(stored.key)
  const asked = now()
  const outcome = yield* Effect.catch(far.put(stored, farGeneration(generation)), (error) =>
    // A far tier in trouble must not take a fresh token away from this process. Nobody confirmed it, so it is as
    // old as the look before it.
    Effect.flatMap(keep(tiers, stored, look.generation, look.asked), (kept) =>
      kept === "superseded" && look !== none ? Effect.succeed(kept) : Effect.fail(error)
    )
  )
  if (outcome === "superseded") return outcome
  if ((yield* keep(tiers, stored, look.generation, asked)) === "stored") return outcome
  if (isGone(tiers, stored)) return "superseded"
  const after = yield* near.get(stored.key)
  if (after.generation === before.generation) return outcome
  // A revocation was heard of while the far tier answered. It may be from before this put, too: is the token still there?
  return yield* Effect.match(far.get(stored.key), {
    onFailure: () => "superseded" as const,
    onSuccess: ({ held }) => (held?.token.id === stored.token.id ? outcome : "superseded")
  })
})

/** `asked`: when the far tier was asked. What it said is as old as the question, not as the answer. */
const keep = (tiers: Tiers, stored: StoredToken, generation: number, asked: number) =>
  Effect.suspend(() =>
    isGone(tiers, stored)
      ? Effect.succeed("superseded" as const)
      : Effect.tap(tiers.near.put(stored, generation), (outcome) =>
          Effect.sync(() => {
            if (outcome === "stored") tiers.trust.confirm(stored.key.text, stored.token.id, asked)
          })
        )
  )

const forget = (near: TokenStore["Service"], key: TokenKey) => {
  const stale = near.peek(key)
  return stale === undefined ? Effect.void : near.remove(key, stale.token.id)
}

/** The near tier's generation when a key was last looked up: what was fetched since belongs to it. */
interface Look {
  readonly generation: number
  readonly asked: number
  /** The far tier's. */
  readonly there: number
}

/** What a look says that failed, and who puts without having looked. */
const unknown = 0

/** The far tier may begin with 0, which would be a look that failed: here its generations are one more. */
const named = (found: Lookup): Lookup => ({ ...found, generation: found.generation + 1 })

const farGeneration = (generation: number): number => Math.max(0, generation - 1)

/** As if nobody had looked: the near tier takes it only where it never heard of a revocation, and it is not trusted. */
const none: Look = { generation: 0, asked: 0, there: unknown }

interface Looks {
  readonly note: (text: string, look: Look) => void
  /** The look that found this generation in the far tier. Another may have come since, and after a revocation. */
  readonly before: (text: string, there: number) => Look
}

const makeLooks = (): Looks => {
  const looks = new BoundedMap<string, Look>(maximumConfirmations)
  return {
    note: (text, look) => {
      looks.set(text, look)
    },
    before: (text, there) => {
      const last = looks.get(text)
      return last?.there === there ? last : none
    }
  }
}

interface Trust {
  readonly confirm: (text: string, id: string, at: number) => void
  readonly isTrusted: (text: string) => boolean
  /** Whether the token that was confirmed is this one. */
  readonly isOf: (text: string, id: string) => boolean
  readonly forget: (text: string) => void
  readonly feedUp: () => void
  readonly feedDown: () => void
  /** Grows when trust is lost in something; `NaN` while trust runs out by itself. */
  readonly epoch: () => number
}

/** Confirmations remembered; what is forgotten is looked up in the far tier again. */
const maximumConfirmations = 100_000

const makeTrust = (now: () => number, maxStaleness: number): Trust => {
  const confirmed = new BoundedMap<string, { readonly id: string; readonly at: number }>(
    maximumConfirmations
  )
  let upSince = Number.POSITIVE_INFINITY
  let epoch = 0
  // With the feed up, what is older than it is not trusted at all: so nothing runs out by itself.
  const isRecent = (at: number) =>
    upSince === Number.POSITIVE_INFINITY && now() - at <= maxStaleness
  return {
    confirm: (text, id, at) => {
      confirmed.set(text, { id, at })
    },
    isTrusted: (text) => {
      const last = confirmed.get(text)
      return last !== undefined && (last.at >= upSince || isRecent(last.at))
    },
    isOf: (text, id) => confirmed.get(text)?.id === id,
    forget: (text) => {
      if (confirmed.delete(text)) epoch++
    },
    feedUp: () => {
      // What was confirmed before may have changed while nobody told us.
      confirmed.clear()
      epoch++
      upSince = now()
    },
    feedDown: () => {
      upSince = Number.POSITIVE_INFINITY
    },
    epoch: () => (upSince === Number.POSITIVE_INFINITY ? Number.NaN : epoch)
  }
}

/** Applies what others changed. */
const apply = (change: StoreChange, { gone, near, trust }: Tiers): Effect.Effect<void> => {
  switch (change._tag) {
    case "Connected":
      return Effect.sync(trust.feedUp)
    case "Revoked":
      return Effect.ignore(near.revoke(change.owner))
    // Also where the far tier's answer with that very token is still on its way.
    case "Removed":
      return Effect.sync(() => {
        gone.set(removalOf(change.text, change.id), true)
        if (trust.isOf(change.text, change.id)) trust.forget(change.text)
      })
    // What another process stored takes nothing from the token held here: it is found when that one is due.
    case "Stored":
    case "Released":
      return Effect.void
  }
}
