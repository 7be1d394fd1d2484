import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { TokenKey } from "../TokenKey.ts"
import type { StoreChange, StoreError } from "../TokenStore.ts"
import { followChanges } from "./followChanges.ts"

/** Flights that wait behind another process's lease, and what wakes them. */
export interface WakeUps {
  /**
   * Watches a key from now on, for as long as the scope lives: look into the store after this, then wait for
   * `changed`. That ends when the key changed, or after a while that grows with `round`.
   */
  readonly watch: (
    key: TokenKey,
    round: number
  ) => Effect.Effect<{ readonly changed: Effect.Effect<void> }, never, Scope.Scope>
}

/** Milliseconds between two looks where nothing wakes a waiter: at first, and at most. */
const first = 100
const most = 1_000

/** With many waiters it is longer, so that all of them look no more often than this, in milliseconds. */
const apart = 1

/**
 * One subscription serves all waiters; it is made again after a loss, for as long as the scope lives. It is made for
 * the first who has to wait: a process that is alone never does, and to be told of each renewal costs a third of it.
 */
export const make = (
  changes: Stream.Stream<StoreChange, StoreError>,
  scope: Scope.Scope
): WakeUps => {
  const sleepers = new Map<string, Set<Latch.Latch>>()
  let connected: Latch.Latch | undefined

  const wake = (text: string): void => {
    for (const latch of sleepers.get(text) ?? []) Latch.openUnsafe(latch)
  }

  const leave = (text: string, latch: Latch.Latch): void => {
    const waiting = sleepers.get(text)
    waiting?.delete(latch)
    if (waiting?.size === 0) sleepers.delete(text)
  }

  const follow = (latch: Latch.Latch) =>
    followChanges(changes, (change) =>
      Effect.sync(() => {
        if (change._tag === "Connected") Latch.openUnsafe(latch)
        if ("text" in change) wake(change.text)
      })
    ).pipe(Scope.provide(scope))

  /** Waits for the first connection, and not long. */
  const listening = Effect.suspend(() => {
    const latch = connected ?? Latch.makeUnsafe(false)
    const following = connected === undefined ? follow(latch) : Effect.void
    connected = latch
    return Effect.andThen(following, Effect.timeoutOption(Latch.await(latch), first))
  })

  return {
    watch: ({ text }, round) =>
      Effect.gen(function* () {
        yield* listening
        const latch = Latch.makeUnsafe(false)
        sleepers.set(text, (sleepers.get(text) ?? new Set()).add(latch))
        yield* Effect.addFinalizer(() => Effect.sync(() => leave(text, latch)))
        const patience = Math.max(Math.min(most, first * 2 ** round), sleepers.size * apart)
        const pause = patience * (0.5 + (yield* Random.next))
        return { changed: Effect.ignore(Effect.timeout(Latch.await(latch), pause)) }
      })
  }
}
