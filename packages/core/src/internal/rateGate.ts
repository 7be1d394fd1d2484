import * as Effect from "effect/Effect"
import type { MonotonicMillis } from "../MonotonicClock.ts"
import type { RateLimited } from "../TokenError.ts"

/** One gate for the whole account: after a 429 nobody sends until the upstream's wait is over. */
export interface RateGate {
  /** Milliseconds until it opens; 0: it is open. */
  readonly closedFor: () => number
  /** Waits for it to open, however often it closes meanwhile; fails with the wait where that is too long. */
  readonly wait: Effect.Effect<void, number>
  readonly close: (reason: RateLimited) => void
  readonly sent: () => void
}

/** The wait after a 429 that does not say how long: at first, and at most. Milliseconds. */
const silentFirst = 1_000
const silentMost = 30_000

/** However long the upstream says: after an hour one request asks again. Milliseconds. */
const longest = 3_600_000

/** @param maximumWait the longest wait that is sat out, in milliseconds */
export const make = (now: MonotonicMillis, maximumWait: number): RateGate => {
  let until = 0
  let silent = silentFirst
  const closedFor = () => Math.max(0, until - now())
  const wait: Effect.Effect<void, number> = Effect.suspend(() => {
    const left = closedFor()
    if (left === 0) return Effect.void
    return left > maximumWait
      ? Effect.fail(left)
      : Effect.andThen(Effect.sleep(Math.ceil(left)), wait)
  })
  return {
    closedFor,
    wait,
    close: ({ retryAfter }) => {
      until = Math.max(until, now() + Math.min(retryAfter ?? silent, longest))
      if (retryAfter === undefined) silent = Math.min(silent * 2, silentMost)
    },
    sent: () => {
      silent = silentFirst
    }
  }
}
