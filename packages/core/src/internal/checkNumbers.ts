import * as Effect from "effect/Effect"
import { InvalidConfiguration, TokenError } from "../TokenError.ts"

/** What may be nothing at all; every other number must be more. */
const mayBeZero = new Set(["retries", "base", "cap", "maximumRetryAfter"])

/** What is counted, and so whole. */
const counted = new Set(["concurrency", "retries"])

/** Numbers among the options: a wrong one is named here, and not found out by calls that fail. */
export const checkNumbers = (
  options: Readonly<Record<string, number | undefined>>
): Effect.Effect<void, TokenError> =>
  Effect.forEach(
    Object.entries(options),
    ([setting, value]) => {
      if (value === undefined) return Effect.void
      const isCounted = counted.has(setting)
      const fits =
        (isCounted ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
        (mayBeZero.has(setting) ? value >= 0 : value > 0)
      const problem =
        (mayBeZero.has(setting) ? "must be 0 or more" : "must be more than 0") +
        (isCounted ? ", and whole" : "")
      return fits
        ? Effect.void
        : Effect.fail(new TokenError({ reason: new InvalidConfiguration({ setting, problem }) }))
    },
    { discard: true }
  )
