/** The life of a token, as people and files count it. */
import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Epoch milliseconds of this machine's clock. */
export interface Life {
  readonly begin: number
  /** From here on it should not be used any more: an answer may come too late. */
  readonly limit: number
  readonly end: number
}

/** Stores count on a clock that nobody sets; people and files do not. */
export const wallLife = Effect.fnUntraced(function* (lifetime: {
  readonly issued: number
  readonly limit: number
  readonly end: number
}) {
  const clock = yield* Clock.Clock
  const offset = (yield* Clock.currentTimeMillis) - monotonicMillis(clock)()
  return {
    begin: offset + lifetime.issued,
    limit: offset + lifetime.limit,
    end: offset + lifetime.end
  } satisfies Life
})

/** When it should not be used any more, as other programs read it. */
export const expiryOf = ({ limit }: Life): string => new Date(limit).toISOString()

/** Whole seconds, never negative. */
export const secondsLeft = ({ end }: Life, now: number): number =>
  Math.max(0, Math.round((end - now) / 1000))
