/**
 * Whether a broker can do its work, for probes and dashboards.
 *
 * @since 0.1.0
 */

/**
 * `up`: Nuapay takes the API key and the store answers. `degraded`: merchants are served, but not as they should be:
 * the store fails and the broker goes on without it, or Nuapay, which took the key before, cannot be reached.
 * `down`: new tokens cannot be had.
 *
 * @category models
 * @since 0.1.0
 */
export interface Health {
  readonly status: "up" | "degraded" | "down"
  /** `refused`: with 401 or 403. `unknown`: Nuapay gave no answer that says so. */
  readonly apiKey: "accepted" | "refused" | "unknown"
  readonly store: "answers" | "fails"
}
