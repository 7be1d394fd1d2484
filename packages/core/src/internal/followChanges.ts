import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { StoreChange, StoreError } from "../TokenStore.ts"

/** Milliseconds, about, until a lost subscription is made again. */
const pause = 200

/** Follows a store's changes, and subscribes again after each loss, for as long as the scope lives. */
export const followChanges = (
  changes: Stream.Stream<StoreChange, StoreError>,
  onChange: (change: StoreChange) => Effect.Effect<void>,
  onLoss: Effect.Effect<void> = Effect.void
): Effect.Effect<void, never, Scope.Scope> =>
  changes.pipe(
    Stream.runForEach(onChange),
    Effect.ensuring(onLoss),
    Effect.ignore,
    Effect.repeat(Schedule.jittered(Schedule.spaced(pause))),
    Effect.forkScoped,
    Effect.asVoid
  )
