import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"

/** Starts work from anywhere, also from outside a fiber. */
export type Launcher = (work: Effect.Effect<void>) => void

/**
 * One fiber of the scope starts all work, so that it inherits the scope's context and async context, and nothing
 * of the caller who happened to come first (invariant 9).
 */
export const make = (scope: Scope.Scope, onClose: () => void): Effect.Effect<Launcher> =>
  Effect.gen(function* () {
    const queue = yield* Queue.unbounded<Effect.Effect<void>>()
    yield* Queue.take(queue).pipe(
      Effect.flatten,
      // A yield after each would start one a turn of the event loop: dozens a second where the process is busy.
      Effect.forever({ disableYield: true }),
      Effect.ensuring(Effect.sync(onClose)),
      Effect.forkIn(scope, { startImmediately: true })
    )
    return (work) => {
      Queue.offerUnsafe(queue, work)
    }
  })
