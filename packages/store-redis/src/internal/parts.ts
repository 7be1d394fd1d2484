import type { MonotonicMillis } from "@onbehalf/core/MonotonicClock"
import type { TokenSeal } from "@onbehalf/core/TokenSeal"
import type { RedisDriver } from "../RedisDriver.ts"
import type { Names } from "./names.ts"
import type { Ask } from "./questions.ts"
import type { ServerClocks } from "./serverClocks.ts"

/** What the operations of the store work with. */
export interface Parts {
  readonly ask: Ask
  readonly clocks: ServerClocks
  readonly driver: RedisDriver
  readonly names: Names
  readonly now: MonotonicMillis
  readonly seal: TokenSeal["Service"]
  /** No other process has it. */
  readonly process: string
}

/**
 * Milliseconds for which generations and fences are remembered when nothing else happens: longer than any flight.
 * Who comes later still is refused, never let through.
 */
export const remembered = 86_400_000
