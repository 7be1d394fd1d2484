/** Retries are a fifth of all requests at most, in the long run, so that trouble is not multiplied. */
export interface RetryBudget {
  /** A request was made. */
  readonly earn: () => void
  /** Takes one retry, if there is one. */
  readonly take: () => boolean
}

/** A burst of retries that is free. */
const most = 100

export const make = (): RetryBudget => {
  let left = most
  return {
    earn: () => {
      left = Math.min(most, left + 0.2)
    },
    take: () => {
      if (left < 1) return false
      left--
      return true
    }
  }
}
