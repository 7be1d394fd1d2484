/** What is the same for every error of a kind: its stable code and what to do about it. */
export interface ErrorGuide {
  readonly code: string
  readonly title: string
  readonly retryable: boolean
  readonly hint: string
}

/** The page's section on a code. The repository's own manifest has the same address; a test sees to it. */
export const documentationOf = (code: string): string =>
  `https://github.com/onbehalf/onbehalf/blob/main/docs/errors.md#${code}`

export const errorGuide = {
  InvalidApiKey: {
    code: "invalid_api_key",
    title: "The credentials were refused",
    retryable: false,
    hint: "Check that NUAPAY_API_KEY is the current key of this environment, and that this machine's address is on the allow-list"
  },
  Forbidden: {
    code: "forbidden",
    title: "Not permitted",
    retryable: false,
    hint: "Check the address allow-list, the client certificate if mutual TLS is on, and that the scope is enabled for this organisation"
  },
  OrganisationUnknown: {
    code: "organisation_unknown",
    title: "Not found",
    retryable: false,
    hint: "Check the id against the list of organisations of this partner account and environment"
  },
  InvalidRequest: {
    code: "invalid_request",
    title: "The request is not valid",
    retryable: false,
    hint: "Correct what the details name"
  },
  Unsupported: {
    code: "unsupported",
    title: "The address does not answer as Nuapay's API",
    retryable: false,
    hint: "Check NUAPAY_BASE_URL and the path prefixes; redirects are never followed"
  },
  RateLimited: {
    code: "rate_limited",
    title: "Too many requests",
    retryable: true,
    hint: "Wait for retryAfter, and ask for tokens that live longer"
  },
  Unavailable: {
    code: "unavailable",
    title: "Nuapay cannot be reached or is in trouble",
    retryable: true,
    hint: "Try again later; check DNS, TLS and the network if it lasts"
  },
  MalformedAnswer: {
    code: "malformed_answer",
    title: "The answer cannot be understood",
    retryable: true,
    hint: "Check what stands between this machine and Nuapay: a proxy or a wrong base address answers like this"
  },
  WrongToken: {
    code: "wrong_token",
    title: "The answer holds a token that was not asked for; it was not used",
    retryable: true,
    hint: "Report it to Nuapay's support with the time and the organisation"
  },
  StoreUnavailable: {
    code: "store_unavailable",
    title: "The token store failed",
    retryable: true,
    hint: "Check the store, or let the broker go on without it (store policy bypass)"
  },
  DeadlineExceeded: {
    code: "deadline_exceeded",
    title: "No token within the deadline",
    retryable: true,
    hint: "Raise the deadline, or look for a slow network"
  },
  InvalidConfiguration: {
    code: "invalid_configuration",
    title: "Invalid configuration",
    retryable: false,
    hint: "Correct that setting"
  },
  BrokerClosed: {
    code: "broker_closed",
    title: "The token broker is closed",
    retryable: false,
    hint: "Acquire tokens before shutdown, or make a new broker"
  }
} as const satisfies Record<string, ErrorGuide>
