/** What users of @onbehalf/express write: see `names.ts`. */
import type * as ExpressIndex from "@onbehalf/express"
import type { Contract, Has, Is, Named } from "./names.ts"

export type OfExpressIndex = Contract<
  [
    Has<typeof ExpressIndex, "OnBehalfError" | "answerable" | "errorHandler" | "onBehalf">,
    Has<ExpressIndex.MerchantAccess, "authorization" | "fetch" | "organisationId" | "token">,
    Has<
      ExpressIndex.OnBehalf,
      "application" | "authorization" | "fetch" | "organisationId" | "token" | "using"
    >,
    Named<ExpressIndex.OnBehalfAs<"north">>,
    Has<ExpressIndex.UsingOptions, "expiresIn?" | "minimumValidity?" | "scopes?">,
    Has<ExpressIndex.OnBehalfError, "code" | "expose" | "headers" | "status" | "statusCode">,
    Is<
      ExpressIndex.OnBehalfErrorCode,
      | "no_merchant"
      | "invalid_merchant"
      | "merchant_refused"
      | "merchant_unknown"
      | "forbidden"
      | "invalid_request"
      | "rate_limited"
      | "path_not_allowed"
      | "method_not_allowed"
      | "body_too_large"
      | "client_gone"
      | "misused"
      | "invalid_configuration"
      | "upstream_refused"
      | "upstream_failed"
      | "overloaded"
      | "store_unavailable"
      | "closing"
      | "deadline_exceeded"
    >,
    Has<
      ExpressIndex.OnBehalfMiddleware,
      "broker" | "close" | "events" | "health" | "metrics" | "proxy" | "revoke"
    >,
    Has<
      ExpressIndex.OnBehalfOptions,
      | "account?"
      | "allow?"
      | "apiKey?"
      | "baseUrl?"
      | "concurrency?"
      | "deadline?"
      | "directory?"
      | "eager?"
      | "environment?"
      | "expiresIn?"
      | "fetch?"
      | "gatekeeperPrefix?"
      | "maximumWaiting?"
      | "minimumValidity?"
      | "name?"
      | "organisation"
      | "organisationPrefix?"
      | "requestDeadline?"
      | "retryPolicy?"
      | "scopes"
      | "standbyApiKey?"
      | "store"
      | "storePolicy?"
      | "timeout?"
      | "trustedHost?"
    >,
    Has<ExpressIndex.ProxyOptions, "headers?" | "maximumBodyBytes?" | "methods" | "paths">
  ]
>
