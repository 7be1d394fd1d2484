/** What users of @onbehalf/core write where they handle errors: see `names.ts`. */
import type * as TokenError from "@onbehalf/core/TokenError"
import type { Contract, Has, Named } from "./names.ts"

export type OfTokenError = Contract<
  [
    Has<
      typeof TokenError,
      | "BrokerClosed"
      | "DeadlineExceeded"
      | "ErrorDetail"
      | "Forbidden"
      | "InvalidApiKey"
      | "InvalidConfiguration"
      | "InvalidRequest"
      | "MalformedAnswer"
      | "OrganisationUnknown"
      | "RateLimited"
      | "StoreUnavailable"
      | "TokenError"
      | "TokenErrorReason"
      | "Unavailable"
      | "Unsupported"
      | "WrongToken"
      | "invalidRequest"
    >,
    Has<TokenError.ErrorDetail, "code?" | "description?" | "field?">,
    Has<
      TokenError.InvalidApiKey,
      "_tag" | "details?" | "organisation?" | "returnCode?" | "status?" | "toJSON"
    >,
    Has<
      TokenError.Forbidden,
      "_tag" | "details?" | "organisation?" | "returnCode?" | "status?" | "toJSON"
    >,
    Has<
      TokenError.OrganisationUnknown,
      "_tag" | "details?" | "organisation?" | "returnCode?" | "status?" | "toJSON"
    >,
    Has<
      TokenError.InvalidRequest,
      "_tag" | "details?" | "organisation?" | "returnCode?" | "status?" | "toJSON"
    >,
    Has<
      TokenError.Unsupported,
      "_tag" | "details?" | "organisation?" | "returnCode?" | "status?" | "toJSON"
    >,
    Has<
      TokenError.RateLimited,
      "_tag" | "details?" | "organisation?" | "retryAfter?" | "returnCode?" | "status?" | "toJSON"
    >,
    Has<
      TokenError.Unavailable,
      "_tag" | "details?" | "organisation?" | "problem" | "returnCode?" | "status?" | "toJSON"
    >,
    Has<
      TokenError.MalformedAnswer,
      "_tag" | "details?" | "organisation?" | "problem" | "returnCode?" | "status?" | "toJSON"
    >,
    Has<
      TokenError.WrongToken,
      "_tag" | "details?" | "mismatch" | "organisation?" | "returnCode?" | "status?" | "toJSON"
    >,
    Has<TokenError.StoreUnavailable, "_tag" | "operation" | "organisation?" | "toJSON">,
    Has<TokenError.DeadlineExceeded, "_tag" | "deadline" | "organisation?" | "toJSON">,
    Has<TokenError.InvalidConfiguration, "_tag" | "problem" | "setting" | "toJSON">,
    Has<TokenError.BrokerClosed, "_tag" | "organisation?" | "toJSON">,
    Has<
      TokenError.TokenErrorReason,
      | "_tag"
      | "deadline"
      | "details?"
      | "mismatch"
      | "operation"
      | "organisation?"
      | "problem"
      | "retryAfter?"
      | "returnCode?"
      | "setting"
      | "status?"
      | "toJSON"
    >,
    Named<TokenError.TokenError>
  ]
>
