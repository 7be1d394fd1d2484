/**
 * What a case works with: processes to open, keys and tokens of its own, time, and hands on the backend.
 *
 * @since 0.1.0
 */
import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type StoredToken, TokenStore } from "@onbehalf/core/TokenStore"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import type { Ability, StoreBackend } from "./StoreBackend.ts"
import { testKey, type TestKeyOptions, testToken, type TestTokenOptions } from "./TestToken.ts"

/**
 * What a case of the suite works with: processes, keys, tokens and time.
 *
 * @category models
 * @since 0.1.0
 */
export interface Workbench {
  /** Opens the store as one more process would, until the scope closes. */
  readonly open: Effect.Effect<TokenStore["Service"], never, Scope.Scope>
  /**
   * A key that no other case uses, nor this one in another run. `undefined`: a key of the caller itself.
   */
  readonly key: (organisation: string | undefined, options?: TestKeyOptions) => TokenKey
  /** A token that is issued now. */
  readonly token: (key: TokenKey, id: string, options?: TestTokenOptions) => StoredToken
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Lets milliseconds pass. */
  readonly pass: (millis: number) => Effect.Effect<void>
  /** Looks again and again, for five seconds at most; dies with the promise that was not kept, and fails as the look does. */
  readonly eventually: <E, R>(
    promise: string,
    holds: Effect.Effect<boolean, E, R>
  ) => Effect.Effect<void, E, R>
  readonly corrupt: (key: TokenKey) => Effect.Effect<void>
  readonly transplant: (from: TokenKey, to: TokenKey) => Effect.Effect<void>
  readonly atRest: Effect.Effect<ReadonlyArray<string | Uint8Array>>
  readonly disconnect: Effect.Effect<void>
  readonly capacity: Effect.Effect<number>
}

/** Milliseconds between two looks, and how many there are. */
const step = 10
const looks = 500

/** @param clock whose time passes: the test's, or that of the world */
export const make = Effect.fnUntraced(function* (
  backend: StoreBackend,
  clock: "test" | "live"
): Effect.fn.Return<Workbench> {
  const now = monotonicMillis(yield* Clock.Clock)
  const run = (yield* Random.nextIntBetween(0, 2 ** 48)).toString(36)
  const pass = clock === "test" ? TestClock.adjust : Effect.sleep
  return {
    open: Effect.map(Effect.orDie(Layer.build(Layer.fresh(backend.layer))), (context) =>
      Context.get(context, TokenStore)
    ),
    key: (organisation, options = {}) =>
      testKey({ organisation, ...options, account: `${options.account ?? "suite"}-${run}` }),
    token: (key, id, options) => testToken(key, id, { issued: now(), ...options }),
    now,
    pass,
    eventually: (promise, holds) => lookAgain(promise, holds, pass(step), looks),
    corrupt: (key) => given("corrupt", backend.corrupt?.(key)),
    transplant: (from, to) => given("transplant", backend.transplant?.(from, to)),
    atRest: given("atRest", backend.atRest),
    disconnect: given("disconnect", backend.disconnect),
    capacity: given(
      "capacity",
      backend.capacity === undefined ? undefined : Effect.succeed(backend.capacity)
    )
  }
})

const lookAgain = <E, R>(
  promise: string,
  holds: Effect.Effect<boolean, E, R>,
  pause: Effect.Effect<void>,
  left: number
): Effect.Effect<void, E, R> =>
  Effect.flatMap(holds, (kept) => {
    if (kept) return Effect.void
    return left === 0
      ? Effect.die(new Error(`not kept: ${promise}`))
      : Effect.andThen(pause, lookAgain(promise, holds, pause, left - 1))
  })

const given = <A>(ability: Ability, hand: Effect.Effect<A, Error> | undefined): Effect.Effect<A> =>
  hand === undefined
    ? Effect.die(
        new Error(
          `the suite was given no "${ability}": give it, or say cannot: { ${ability}: why }`
        )
      )
    : Effect.orDie(hand)
