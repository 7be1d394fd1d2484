interface Problem {
  readonly status: number
  /** For the client, where the status is below 500. Says nothing of this partner's settings. */
  readonly message: string
  /** What HTTP wants to be said with it. */
  readonly headers?: Readonly<Record<string, string>>
}

/** RFC 9110, section 15.5.2. No browser asks its user for anything with it: how one signs in is the app's matter. */
const challenge = { "WWW-Authenticate": "Session" }

const soon = { "Retry-After": "1" }

/** What each code means to an HTTP client. */
const table = {
  no_merchant: { status: 401, message: "No merchant is signed in", headers: challenge },
  invalid_merchant: { status: 400, message: "This is not the id of a merchant" },
  merchant_refused: { status: 403, message: "This merchant is not yours to act for" },
  merchant_unknown: { status: 404, message: "This merchant is not known" },
  forbidden: { status: 403, message: "This is not permitted for this merchant" },
  invalid_request: { status: 400, message: "The request is not valid" },
  rate_limited: { status: 429, message: "Too many requests: try again later", headers: soon },
  path_not_allowed: { status: 404, message: "There is nothing at this path" },
  method_not_allowed: { status: 405, message: "This method is not allowed here" },
  body_too_large: { status: 413, message: "The request is too large" },
  client_gone: { status: 499, message: "The client has gone" },
  misused: { status: 500, message: "The middleware is not used as it should be" },
  invalid_configuration: { status: 500, message: "A setting is missing or wrong" },
  upstream_refused: { status: 502, message: "Nuapay refused the credentials" },
  upstream_failed: { status: 502, message: "Nuapay gave no answer that could be used" },
  overloaded: { status: 503, message: "Too many requests are waiting", headers: soon },
  store_unavailable: { status: 503, message: "The token store failed", headers: soon },
  closing: { status: 503, message: "This server is closing", headers: soon },
  deadline_exceeded: { status: 504, message: "No answer came in time" }
} as const satisfies Record<string, Problem>

export type ProblemCode = keyof typeof table

export const problems: Readonly<Record<ProblemCode, Problem>> = table
