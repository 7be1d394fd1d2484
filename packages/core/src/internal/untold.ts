import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { StoreError } from "../TokenStore.ts"
import { BoundedMap } from "./boundedMap.ts"

/**
 * What a store in trouble could not be told. This process knows that a token is revoked; the others would find it in
 * the store when that is back.
 */
export interface Untold {
  /** Tells the store. Where that fails it is told again, later, until it has heard. */
  readonly tell: <A>(
    name: string,
    telling: Effect.Effect<A, StoreError>
  ) => Effect.Effect<A, StoreError>
}

/** Milliseconds until the store is tried again: at first, and at most. */
const first = 500
const most = 30_000

const patience = Schedule.jittered(
  Schedule.min([Schedule.exponential(first), Schedule.spaced(most)])
)

/** For as long as the scope lives. Bounded: the oldest are forgotten first. */
export const make = Effect.fnUntraced(function* (
  maximum: number
): Effect.fn.Return<Untold, never, Scope.Scope> {
  const untold = new BoundedMap<string, Effect.Effect<unknown, StoreError>>(maximum)
  const some = Latch.makeUnsafe(false)

  const heard = (name: string) => Effect.sync(() => untold.delete(name))

  /** The first that fails ends it: what ails the store is the same for all. */
  const tellAll = Effect.suspend(() =>
    Effect.forEach([...untold], ([name, telling]) => Effect.tap(telling, heard(name)), {
      discard: true
    })
  )
  const tellLater = Effect.retry(Effect.delay(tellAll, first), patience).pipe(
    Effect.andThen(
      Effect.sync(() => {
        if (untold.size === 0) Latch.closeUnsafe(some)
      })
    )
  )
  yield* Latch.await(some).pipe(Effect.andThen(tellLater), Effect.forever, Effect.forkScoped)

  return {
    tell: (name, telling) =>
      telling.pipe(
        Effect.tap(heard(name)),
        Effect.tapError(() =>
          Effect.sync(() => {
            untold.set(name, telling)
            Latch.openUnsafe(some)
          })
        )
      )
  }
})
