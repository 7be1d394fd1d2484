/**
 * The clock that every lifetime is measured on. A store that reads or makes a lifetime uses it too: another
 * monotonic clock has another origin.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"

/**
 * Milliseconds of a monotonic clock, from an origin of its own.
 *
 * @category models
 * @since 0.1.0
 */
export type MonotonicMillis = () => number

/**
 * The monotonic time of a clock. The live clock reads in whole nanoseconds as a bigint, which costs more than
 * the look-up beside it; `performance.now` is the same clock without it. Any other clock, such as a test's, is
 * asked itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const monotonicMillis = (clock: Clock.Clock): MonotonicMillis =>
  clock === Context.get(Context.empty(), Clock.Clock)
    ? () => performance.now()
    : () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
