import type * as Clock from "effect/Clock"

/** Milliseconds of the monotonic clock. The one reading that lifetimes are compared with. */
export const monotonicMillis = (clock: Clock.Clock): number =>
  Number(clock.monotonicTimeNanosUnsafe()) / 1e6
