import * as Effect from "effect/Effect"

/** Turns of the event loop, in which what is waiting for nothing but its turn goes on. */
export const settle = Effect.promise(async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
})
