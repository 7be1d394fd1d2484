import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import type { TokenError } from "@onbehalf/core/TokenError"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import { testKey, testToken } from "@onbehalf/store-testkit"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"

export type Store = TokenStore["Service"]

/** Opens a store, one that nobody else has. */
export const using = <A, E>(
  layer: Layer.Layer<TokenStore, TokenError>,
  use: (store: Store) => Effect.Effect<A, E, Scope.Scope>
): Effect.Effect<A, E | TokenError> =>
  TokenStore.use((store) => Effect.scoped(use(store))).pipe(Effect.provide(Layer.fresh(layer)))

let keys = 0

/** A key that no other test has. */
export const newKey = (): TokenKey => testKey({ organisation: `m-${process.pid}-${++keys}` })

/** Puts a token as a flight does, and says what became of it. */
export const keep = (store: Store, key: TokenKey, id: string, life = 600_000) =>
  Effect.gen(function* () {
    const { generation } = yield* store.get(key)
    const issued = monotonicMillis(yield* Clock.Clock)()
    return yield* store.put(testToken(key, id, { issued, life }), generation)
  })

export const idIn = (store: Store, key: TokenKey): Effect.Effect<string | undefined, StoreError> =>
  Effect.map(store.get(key), ({ held }) => held?.token.id)

/** The first word of what was wrong; nothing where nothing was. */
export const codeOf = <A, R>(
  operation: Effect.Effect<A, StoreError, R>
): Effect.Effect<string, never, R> =>
  Effect.match(operation, {
    onSuccess: () => "",
    onFailure: ({ problem }) => problem.split(":")[0] ?? ""
  })

/** The first word of what is wrong, as soon as anything is. */
export const codeSoonOf = <A, R>(
  operation: Effect.Effect<A, StoreError, R>
): Effect.Effect<string, never, R> =>
  Effect.repeat(codeOf(operation), { until: (code) => code !== "", schedule: Schedule.spaced(5) })

export const now: Effect.Effect<number> = Effect.map(Clock.Clock, (clock) =>
  monotonicMillis(clock)()
)

/** Records that were not used, as the metric counts them. */
export const refusedSoFar = Effect.map(Metric.snapshot, (metrics) => {
  const counter = metrics.find(({ id }) => id === "onbehalf_store_records_refused")
  return counter?.type === "Counter" ? Number(counter.state.count) : 0
})
