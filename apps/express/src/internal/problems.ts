interface Problem {
  readonly status: number
  /** For the client, where the status is below 500. Says nothing of this partner's settings. */
  readonly message: string
  /** Seconds. */
  readonly retryAfter?: number
}

/** What each code means to an HTTP client. */
const table = {
  no_merchant: { status: 401, message: "No merchant is signed in" },
  invalid_merchant: { status: 400, message: "This is not the id of a merchant" },
  merchant_refused: { status: 403, message: "This merchant is not yours to act for" },
  merchant_unknown: { status: 404, message: "This merchant is not known" },
  forbidden: { status: 403, message: "This is not permitted for this merchant" },
  invalid_request: { status: 400, message: "The request is not valid" },
  rate_limited: { status: 429, message: "Too many requests: try again later", retryAfter: 1 },
  path_not_allowed: { status: 404, message: "There is nothing at this path" },
  method_not_allowed: { status: 405, message: "This method is not allowed here" },
  body_too_large: { status: 413, message: "The request is too large" },
  client_gone: { status: 499, message: "The client has gone" },
  misused: { status: 500, message: "The middleware is not used as it should be" },
  invalid_configuration: { status: 500, message: "A setting is missing or wrong" },
  upstream_refused: { status: 502, message: "Nuapay refused the credentials" },
  upstream_failed: { status: 502, message: "Nuapay gave no answer that could be used" },
  overloaded: { status: 503, message: "Too many requests are waiting", retryAfter: 1 },
  store_unavailable: { status: 503, message: "The token store failed", retryAfter: 1 },
  closing: { status: 503, message: "This server is closing", retryAfter: 1 },
  deadline_exceeded: { status: 504, message: "Nuapay did not answer in time" }
} as const satisfies Record<string, Problem>

export type ProblemCode = keyof typeof table

export const problems: Readonly<Record<ProblemCode, Problem>> = table
