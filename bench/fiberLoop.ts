import * as Effect from "effect/Effect"

const calls = 20_000

/** Nanoseconds of one `yield*`, over many in one fiber. */
export const fiberLoop = <E>(next: () => Effect.Effect<unknown, E>): Effect.Effect<number, E> =>
  Effect.gen(function* () {
    const began = performance.now()
    for (let call = 0; call < calls; call++) yield* next()
    return ((performance.now() - began) * 1e6) / calls
  })
