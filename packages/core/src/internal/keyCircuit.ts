import type { MonotonicMillis } from "../MonotonicClock.ts"
import type { TokenError } from "../TokenError.ts"

/**
 * After the API key was refused everything fails at once, for a while that grows: a refused key is one call,
 * not merchants times retries. Then one request tries alone, and the others wait for what it finds.
 */
export interface KeyCircuit {
  /** Why a request must not be sent now, if so. */
  readonly refuses: () => TokenError | undefined
  /** Whether the request that is about to be sent is the one that tries. */
  readonly beginProbe: () => boolean
  readonly endProbe: () => void
  readonly open: (error: TokenError) => void
  readonly close: () => void
  /** Milliseconds for which it stays open; 0: it is not. */
  readonly openFor: () => number
}

/** Milliseconds for which it opens: at first, and at most. */
const first = 1_000
const most = 60_000

export const make = (now: MonotonicMillis): KeyCircuit => {
  let refused: TokenError | undefined
  let until = 0
  let next = first
  let probing = false
  return {
    refuses: () => (refused !== undefined && (until > now() || probing) ? refused : undefined),
    beginProbe: () => {
      if (refused === undefined) return false
      probing = true
      return true
    },
    endProbe: () => {
      probing = false
    },
    open: (error) => {
      // Those that were under way when it opened tell nothing new.
      if (refused !== undefined && until > now()) return
      refused = error
      until = now() + next
      next = Math.min(next * 2, most)
    },
    close: () => {
      refused = undefined
      next = first
    },
    openFor: () => (refused === undefined ? 0 : Math.max(0, until - now()))
  }
}
