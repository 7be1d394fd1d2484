import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { MonotonicMillis } from "../MonotonicClock.ts"

/**
 * Gives up what takes too long. All have equally long, so they are due in the order in which they began: one
 * fiber and one timer serve all, where a timer each would cost more than the rest of a renewal.
 */
export interface Deadlines<A> {
  readonly watch: (what: A) => Effect.Effect<void>
  /** It ended in time. */
  readonly forget: (what: A) => void
}

export interface DeadlinesOptions<A> {
  readonly now: MonotonicMillis
  readonly scope: Scope.Scope
  readonly giveUp: (what: A) => Effect.Effect<unknown>
}

export const make = <A extends { readonly until: number }>({
  giveUp,
  now,
  scope
}: DeadlinesOptions<A>): Deadlines<A> => {
  const watched = new Set<A>()
  let watcher: Fiber.Fiber<void> | undefined

  const round: Effect.Effect<void> = Effect.suspend(() => {
    const [oldest] = watched
    if (oldest === undefined) return Effect.void
    const left = oldest.until - now()
    if (left > 0) return Effect.andThen(Effect.sleep(Math.ceil(left)), round)
    watched.delete(oldest)
    return Effect.andThen(Effect.uninterruptible(giveUp(oldest)), round)
  })

  return {
    watch: (what) =>
      Effect.suspend(() => {
        watched.add(what)
        if (watcher !== undefined) return Effect.void
        return Effect.map(Effect.forkIn(round, scope), (fiber) => {
          watcher = fiber
          fiber.addObserver(() => {
            if (watcher === fiber) watcher = undefined
          })
        })
      }),
    // No timer is left behind: it would keep the process alive.
    forget: (what) => {
      if (watched.delete(what) && watched.size === 0) {
        watcher?.interruptUnsafe()
        watcher = undefined
      }
    }
  }
}
