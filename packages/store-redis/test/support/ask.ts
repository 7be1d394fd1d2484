import * as Effect from "effect/Effect"
import type { RedisDriver } from "../../src/RedisDriver.ts"

/** What is answered to a question about a key, or the code of what was wrong. */
export const ask = (driver: RedisDriver, key: string) =>
  Effect.match(driver.send({ words: ["GET", key], key, reads: true }), {
    onSuccess: String,
    onFailure: ({ code }) => code
  })
