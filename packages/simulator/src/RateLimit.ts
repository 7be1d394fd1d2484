import type { SimulatorOptions } from "./Options.ts"

/** Counts requests in fixed windows, as the `rateLimit` option says. */
export interface RateLimit {
  /** Seconds to wait, at least 1, when the window is full; else the request is counted. */
  readonly take: (now: number) => number | undefined
  readonly clear: () => void
}

/** Without a limit nothing has to wait. */
export const makeRateLimit = (limit: SimulatorOptions["rateLimit"]): RateLimit => {
  let opened = Number.NEGATIVE_INFINITY
  let count = 0
  return {
    take: (now) => {
      if (limit === undefined) return undefined
      if (now - opened >= limit.perMillis) {
        opened = now
        count = 0
      }
      count += 1
      if (count <= limit.requests) return undefined
      return Math.max(1, Math.ceil((opened + limit.perMillis - now) / 1000))
    },
    clear: () => {
      opened = Number.NEGATIVE_INFINITY
      count = 0
    }
  }
}
