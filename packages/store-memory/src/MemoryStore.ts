/**
 * A token store in this process: bounded, gone with the process, shared with nobody.
 *
 * @since 0.1.0
 */
import type { StoreAdapter } from "@onbehalf/core"
import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import * as ChangeFeed from "@onbehalf/core/ChangeFeed"
import { InvalidConfiguration, TokenError } from "@onbehalf/core/TokenError"
import * as TokenStore from "@onbehalf/core/TokenStore"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Generations from "./Generations.ts"
import * as Leases from "./Leases.ts"
import * as OwnedTokens from "./OwnedTokens.ts"

/**
 * How much the store holds.
 *
 * @category models
 * @since 0.1.0
 */
export interface MemoryStoreOptions {
  /** How many tokens are held; the one that was fetched longest ago goes first. Default: 100 000. */
  readonly maximumTokens?: number | undefined
  /**
   * About how much memory the tokens may take, in bytes; the one that was fetched longest ago goes first.
   * From 1 MiB, so that there is room for any token. Default: 1 GiB, more than 100 000 tokens of 7 KB take.
   */
  readonly maximumBytes?: number | undefined
}

/**
 * The store for Effect users. Fails with `InvalidConfiguration` where a bound is out of its range.
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
 * The store as a value, for a tier of another store. Fails as {@link layer} does.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* ({
  maximumBytes = 1_073_741_824,
  maximumTokens = 100_000
}: MemoryStoreOptions = {}): Effect.fn.Return<TokenStore.TokenStore["Service"], TokenError> {
  yield* checkAtLeast("maximumTokens", maximumTokens, 1)
  yield* checkAtLeast("maximumBytes", maximumBytes, 1_048_576)
  const now = monotonicMillis(yield* Clock.Clock)
  const feed = ChangeFeed.make(backlog)
  const tokens = OwnedTokens.make({ maximumBytes, maximumTokens })
  const generations = Generations.make(maximumTokens)
  const leases = Leases.make(now, (text) => feed.tell({ _tag: "Released", text }))
  const isAlive = ({ lifetime }: TokenStore.StoredToken) => lifetime.end > now()

  /** One step. What has ended leaves on the way: nothing here may keep the process alive to wait for it. */
  const step = <A>(operation: () => A): Effect.Effect<A> =>
    Effect.sync(() => {
      tokens.sweep(now())
      return operation()
    })

  return TokenStore.TokenStore.of({
    peek: (key) => tokens.peek(key.text),
    epoch: tokens.epoch,
    get: (key) =>
      step(() => {
        const held = tokens.peek(key.text)
        return { held: held && isAlive(held) ? held : undefined, generation: generations.current() }
      }),
    put: (stored, generation) =>
      step(() => {
        const { key, token } = stored
        if (generations.hasPassed(key.owner, generation)) return "superseded"
        tokens.set(stored)
        feed.tell({ _tag: "Stored", text: key.text, id: token.id })
        return "stored"
      }),
    remove: ({ text }, id) =>
      step(() => {
        if (tokens.peek(text)?.token.id !== id) return false
        tokens.delete(text)
        feed.tell({ _tag: "Removed", text, id })
        return true
      }),
    revoke: (owner) =>
      step(() => {
        generations.advance(owner)
        const count = tokens.deleteOwner(owner)
        feed.tell({ _tag: "Revoked", owner })
        return count
      }),
    lease: ({ text }, atMost) =>
      Effect.uninterruptible(
        Effect.flatMap(Effect.scope, (scope) => {
          const lease = leases.take(text, atMost)
          if (lease === undefined) return Effect.succeed(lease)
          const release = Effect.sync(() => leases.release(text, lease))
          return Effect.as(Scope.addFinalizer(scope, release), lease)
        })
      ),
    changes: feed.changes,
    entries: step(() => Array.from(tokens.values()).filter(isAlive).map(TokenStore.entryOf))
  })
})

/** Changes that may wait for one listener: some megabytes. */
const backlog = 65_536

const checkAtLeast = (
  setting: string,
  value: number,
  least: number
): Effect.Effect<void, TokenError> =>
  Number.isSafeInteger(value) && value >= least
    ? Effect.void
    : Effect.fail(
        new TokenError({
          reason: new InvalidConfiguration({
            setting,
            problem: `must be a whole number from ${least}`
          })
        })
      )
