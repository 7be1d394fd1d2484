import type * as Clock from "effect/Clock"
import type { Moment } from "./requests.ts"

/** Both clocks, now. The live monotonic clock is the machine's uptime, the same in all processes. */
export const momentOf = (clock: Clock.Clock) => (): Moment => ({
  wall: Math.trunc(clock.currentTimeMillisUnsafe()),
  uptime: Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
})

/**
 * How long ago that was, by the clock that says it was longer. The wall clock may have been set back, and
 * the uptime begins anew with the machine: a clock that says "ahead" is not believed, and where both do,
 * nobody knows.
 */
export const since = (then: Moment, now: Moment): number => {
  const ages = [now.wall - then.wall, now.uptime - then.uptime].filter((age) => age >= 0)
  return ages.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ages)
}
