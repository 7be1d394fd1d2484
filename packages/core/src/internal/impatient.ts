import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { MonotonicMillis } from "../MonotonicClock.ts"
import { StoreError, type TokenStore } from "../TokenStore.ts"

/** Milliseconds for which a store that did not answer is not asked again, where it can be done without. */
const pause = 1_000

/**
 * What takes longer than so many milliseconds fails, and is interrupted. Nobody waits for the end of that: it may
 * be something that cannot be interrupted.
 */
const bounded = <A, R>(
  operation: StoreError["operation"],
  effect: Effect.Effect<A, StoreError, R>,
  timeout: number,
  onTimeout: () => void
): Effect.Effect<A, StoreError, R> =>
  Effect.flatMap(
    Effect.forkDetach(effect, { startImmediately: true }),
    (asking) =>
      // What answers at once needs no timer.
      asking.pollUnsafe() ??
      Effect.timeoutOrElse(Fiber.join(asking), {
        duration: timeout,
        orElse: () => {
          onTimeout()
          return new StoreError({ operation, problem: `no answer within ${timeout} ms` })
        }
      }).pipe(Effect.ensuring(Effect.sync(() => asking.interruptUnsafe())))
  )

/**
 * A store that is waited for only so long (invariants 8 and 10). One that hangs costs one wait: after it what may be
 * left undone fails at once for a while. A revocation and a removal are tried always.
 */
export const impatient = (
  store: TokenStore["Service"],
  now: MonotonicMillis,
  timeout: number
): TokenStore["Service"] => {
  let silentUntil = 0

  type Operation = StoreError["operation"]

  const always = <A, R>(operation: Operation, effect: Effect.Effect<A, StoreError, R>) =>
    bounded(operation, effect, timeout, () => {
      silentUntil = now() + pause
    })

  const unlessSilent: typeof always = (operation, effect) =>
    Effect.suspend(() =>
      now() < silentUntil
        ? new StoreError({ operation, problem: "no answer a moment ago; not asked again yet" })
        : always(operation, effect)
    )

  return {
    ...store,
    get: (key) => unlessSilent("get", store.get(key)),
    put: (stored, generation) => unlessSilent("put", store.put(stored, generation)),
    lease: (key, atMost) => unlessSilent("lease", store.lease(key, atMost)),
    remove: (key, id) => always("remove", store.remove(key, id)),
    revoke: (owner) => always("revoke", store.revoke(owner)),
    entries: always("entries", store.entries)
  }
}
