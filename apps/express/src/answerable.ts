/**
 * From the broker's errors to those that Express can answer.
 *
 * @since 0.1.0
 */
import { TokenError, type TokenErrorReason } from "@onbehalf/core/TokenError"
import { OnBehalfError, type OnBehalfErrorCode } from "./OnBehalfError.ts"

/**
 * An error of the broker as the `OnBehalfError` that answers it; anything else as it is. For error handlers of your own,
 * where handlers use `nuapay.broker` themselves.
 *
 * @category errors
 * @since 0.1.0
 */
export const answerable = (error: unknown): unknown =>
  error instanceof TokenError ? fromTokenError(error) : error

const fromTokenError = (error: TokenError): OnBehalfError =>
  new OnBehalfError(codeOf(error.reason), { cause: error, headers: headersOf(error.reason) })

const codeOf = (reason: TokenErrorReason): OnBehalfErrorCode => {
  switch (reason._tag) {
    case "InvalidRequest":
      // Refused here, before anything was sent; or a grant that Nuapay does not take.
      return reason.status === undefined ? "invalid_request" : "upstream_failed"
    case "Unavailable":
      return unavailable[reason.problem]
    default:
      return codes[reason._tag]
  }
}

const codes = {
  InvalidApiKey: "upstream_refused",
  Forbidden: "forbidden",
  OrganisationUnknown: "merchant_unknown",
  Unsupported: "upstream_failed",
  RateLimited: "rate_limited",
  MalformedAnswer: "upstream_failed",
  WrongToken: "upstream_failed",
  StoreUnavailable: "store_unavailable",
  DeadlineExceeded: "deadline_exceeded",
  InvalidConfiguration: "invalid_configuration",
  BrokerClosed: "closing"
} as const

const unavailable = {
  status: "upstream_failed",
  connection: "upstream_failed",
  transfer: "upstream_failed",
  timeout: "deadline_exceeded",
  overloaded: "overloaded",
  revoked: "overloaded"
} as const

const headersOf = (reason: TokenErrorReason): Record<string, string> | undefined =>
  reason._tag === "RateLimited" && reason.retryAfter !== undefined
    ? { "Retry-After": String(Math.ceil(reason.retryAfter / 1000)) }
    : undefined
