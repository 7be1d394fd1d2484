import type { MonotonicMillis } from "@onbehalf/core/MonotonicClock"
import type { TokenKey } from "@onbehalf/core/TokenKey"

/** What the clocks of the servers say, each of which holds some of the keys. */
export interface ServerClocks {
  /** A server has just said its time, in milliseconds. */
  readonly note: (key: TokenKey, millis: number) => void
  readonly isKnown: (key: TokenKey) => boolean
  /**
   * What the server's clock says at a moment of ours, or a little less: the way of its answer is not counted, so
   * that no token is kept too long.
   */
  readonly at: (key: TokenKey, moment: number) => number
}

export const make = (now: MonotonicMillis): ServerClocks => {
  const ahead = new WeakMap<TokenKey, number>()
  return {
    note: (key, millis) => {
      ahead.set(key, millis - now())
    },
    isKnown: (key) => ahead.has(key),
    at: (key, moment) => moment + (ahead.get(key) ?? 0)
  }
}
