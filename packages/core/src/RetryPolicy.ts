/**
 * When a failed request is tried again, and after how long.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { TokenError } from "./TokenError.ts"

/**
 * How often a failed request is tried again, and after how long.
 *
 * @category models
 * @since 0.1.0
 */
export interface RetryPolicy {
  /** How often a request is tried again after its first failure; once at most where its answer was lost. Default: 3. */
  readonly retries: number
  /** Milliseconds before the first retry; doubles from there. Default: 100. */
  readonly base: number
  /** The longest wait between two tries, in milliseconds. Default: 2 000. */
  readonly cap: number
  /**
   * The longest `Retry-After` that is waited for, in milliseconds; a longer one fails at once, and the
   * error carries it. Default: 5 000.
   */
  readonly maximumRetryAfter: number
}

/**
 * Three retries after about 100, 200 and 400 milliseconds.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultRetryPolicy: RetryPolicy = {
  retries: 3,
  base: 100,
  cap: 2_000,
  maximumRetryAfter: 5_000
}

/**
 * Whether the try number `attempt` (1 for the first) that failed like this may be followed by another.
 * A strange answer is tried once more only: the second of its kind is no accident.
 *
 * @category predicates
 * @since 0.1.0
 */
export const mayRetry = (policy: RetryPolicy, error: TokenError, attempt: number): boolean => {
  if (attempt > policy.retries) return false
  switch (error.reason._tag) {
    case "Unavailable":
      return true
    case "RateLimited":
      return (error.reason.retryAfter ?? 0) <= policy.maximumRetryAfter
    case "MalformedAnswer":
    case "WrongToken":
      return attempt === 1
    default:
      return false
  }
}

/**
 * The policy as a schedule: exponential, capped, jittered, and never earlier than the upstream asked.
 *
 * @category schedules
 * @since 0.1.0
 */
export const schedule = (
  policy: RetryPolicy,
  allowed: () => boolean = () => true
): Schedule.Schedule<unknown, TokenError> =>
  Schedule.min([Schedule.exponential(policy.base), Schedule.spaced(policy.cap)]).pipe(
    Schedule.jittered,
    Schedule.setInputType<TokenError>(),
    Schedule.while(({ attempt, input }) => mayRetry(policy, input, attempt) && allowed()),
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.succeed(
        input.reason._tag === "RateLimited"
          ? Duration.max(duration, Duration.millis(input.reason.retryAfter ?? 0))
          : duration
      )
    )
  )

/**
 * Runs an effect under a policy. `allowed` is asked before each retry that the policy would make. The schedule is
 * made once there is a failure: most effects succeed.
 *
 * @category combinators
 * @since 0.1.0
 */
export const retry =
  (policy: RetryPolicy, allowed?: () => boolean) =>
  <A, R>(effect: Effect.Effect<A, TokenError, R>): Effect.Effect<A, TokenError, R> =>
    Effect.catch(effect, (first) => {
      let failed: TokenError | undefined = first
      const next = Effect.suspend(() => {
        const known = failed
        failed = undefined
        return known === undefined ? effect : Effect.fail(known)
      })
      return Effect.retry(next, schedule(policy, allowed))
    })
