import * as Clock from "effect/Clock"
import * as Context from "effect/Context"

/** Milliseconds of a monotonic clock, from an origin of its own. Every lifetime is compared with it. */
export type MonotonicMillis = () => number

/**
 * The monotonic time of a clock. The live clock reads in whole nanoseconds as a bigint, which costs more than
 * the look-up beside it; `performance.now` is the same clock without it. Any other clock, such as a test's, is
 * asked itself.
 */
export const monotonicMillis = (clock: Clock.Clock): MonotonicMillis =>
  clock === Context.get(Context.empty(), Clock.Clock)
    ? () => performance.now()
    : () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
