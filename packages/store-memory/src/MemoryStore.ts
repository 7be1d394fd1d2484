/**
 * A token store in this process: bounded, gone with the process, shared with nobody.
 *
 * @since 0.1.0
 */
import type { StoreAdapter } from "@onbehalf/core"
import { InvalidConfiguration, TokenError } from "@onbehalf/core/TokenError"
import * as TokenStore from "@onbehalf/core/TokenStore"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Generations from "./Generations.ts"
import * as Leases from "./Leases.ts"
import * as OwnedTokens from "./OwnedTokens.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface MemoryStoreOptions {
  /** The most tokens held; the one that was fetched longest ago goes first. Default: 100 000. */
  readonly maximumTokens?: number | undefined
}

/**
 * The store for Effect users.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: MemoryStoreOptions = {}
): Layer.Layer<TokenStore.TokenStore, TokenError> =>
  Layer.effect(TokenStore.TokenStore, make(options))

/**
 * The store for `createTokenBroker`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const memoryStore = (options?: MemoryStoreOptions): StoreAdapter => ({
  layer: layer(options)
})

/**
 * The store as a value, for a tier of another store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* ({
  maximumTokens = 100_000
}: MemoryStoreOptions = {}): Effect.fn.Return<TokenStore.TokenStore["Service"], TokenError> {
  yield* checkMaximum(maximumTokens)
  const now = yield* Effect.map(Clock.Clock, (clock) => () => clock.monotonicTimeNanosUnsafe())
  // Not one change may be missed by a tier, and tiers never stand still: nothing piles up.
  const changes = yield* PubSub.unbounded<TokenStore.StoreChange>()
  const tell = (change: TokenStore.StoreChange) => PubSub.publish(changes, change)
  const tokens = OwnedTokens.make(maximumTokens)
  const generations = Generations.make(maximumTokens)
  const leases = Leases.make(now)

  return TokenStore.TokenStore.of({
    // Not counted as use: a busy merchant's token is put anew at each renewal.
    peek: (key) => tokens.peek(key.text),
    epoch: tokens.epoch,
    get: (key) =>
      Effect.sync(() => ({ held: tokens.get(key.text), generation: generations.current() })),
    put: (stored, generation) =>
      Effect.suspend(() => {
        const { key, token } = stored
        if (generations.hasPassed(key.owner, generation)) return Effect.succeed("superseded")
        tokens.set(stored)
        return Effect.as(tell({ _tag: "Stored", text: key.text, id: token.id }), "stored")
      }),
    remove: (key, id) =>
      Effect.suspend(() => {
        if (tokens.peek(key.text)?.token.id !== id) return Effect.succeed(false)
        tokens.delete(key.text)
        return Effect.as(tell({ _tag: "Removed", text: key.text, id }), true)
      }),
    revoke: (owner) =>
      Effect.suspend(() => {
        generations.advance(owner)
        return Effect.as(tell({ _tag: "Revoked", owner }), tokens.deleteOwner(owner))
      }),
    lease: (key, atMost) =>
      Effect.uninterruptible(
        Effect.flatMap(Effect.scope, (scope) => {
          const lease = leases.take(key.text, atMost)
          if (lease === undefined) return Effect.succeed(lease)
          const release = Effect.suspend(() =>
            leases.release(key.text, lease)
              ? tell({ _tag: "Released", text: key.text })
              : Effect.void
          )
          return Effect.as(Scope.addFinalizer(scope, release), lease)
        })
      ),
    // Connected is said once the subscription stands, so that nothing falls in between.
    changes: Stream.unwrap(
      Effect.map(PubSub.subscribe(changes), (subscription) =>
        Stream.concat(
          Stream.succeed<TokenStore.StoreChange>({ _tag: "Connected" }),
          Stream.fromSubscription(subscription)
        )
      )
    ),
    entries: Effect.sync(() => Array.from(tokens.values(), entry))
  })
})

const checkMaximum = (maximum: number): Effect.Effect<void, TokenError> =>
  Number.isSafeInteger(maximum) && maximum > 0
    ? Effect.void
    : Effect.fail(
        new TokenError({
          reason: new InvalidConfiguration({
            setting: "maximumTokens",
            problem: "must be a whole number from 1"
          })
        })
      )

const entry = ({ key, lifetime, token }: TokenStore.StoredToken): TokenStore.StoreEntry => ({
  key,
  lifetime,
  id: token.id,
  organisation: token.organisation,
  scopes: token.scopes
})
