/** What a check of `onbehalf doctor` came to. */
import { TokenError } from "@onbehalf/core/TokenError"
import * as Effect from "effect/Effect"
import { exitCode, ofError } from "../exitCode.ts"
import { StoreFailed } from "../StoreFailed.ts"

/** One line. */
export interface Finding {
  readonly check: string
  readonly status: "ok" | "warning" | "failure"
  readonly detail: string
  /** Of the program, where this is a failure. */
  readonly code: number
}

/** All is well. */
export const ok = (check: string, detail: string): Finding => ({
  check,
  detail,
  status: "ok",
  code: exitCode.ok
})

/** It works, but look at this. */
export const warning = (check: string, detail: string): Finding => ({
  ...ok(check, detail),
  status: "warning"
})

/** It cannot work like this. The detail says what to do. */
export const failure = (check: string, detail: string, code: number): Finding => ({
  check,
  detail,
  status: "failure",
  code
})

/** An error says itself what to do. */
export const failed = (check: string, error: unknown): Finding => {
  if (error instanceof TokenError) return failure(check, error.message, ofError(error))
  return error instanceof StoreFailed
    ? failure(
        check,
        `cannot be used: ${error.problem}. Tokens are fetched anew by each run until that is mended, or with --store memory`,
        ofError(error)
      )
    : failure(check, "failed in an unexpected way", exitCode.unexpected)
}

/** Where the check itself fails, that is what it found. */
export const orFailed =
  (check: string) =>
  <E, R>(found: Effect.Effect<Finding, E, R>): Effect.Effect<Finding, never, R> =>
    Effect.catch(found, (error) => Effect.succeed(failed(check, error)))
