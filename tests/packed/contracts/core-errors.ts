/** What users of @onbehalf/core write where they handle errors: see `names.ts`. */
import type * as TokenError from "@onbehalf/core/TokenError"
import type { Contract, Has, Named } from "./names.ts"

/** What each says that comes of an answer. */
type OfAnswer = "_tag" | "details?" | "organisation?" | "returnCode?" | "status?" | "toJSON"

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
    Has<TokenError.InvalidApiKey, OfAnswer>,
    Has<TokenError.Forbidden, OfAnswer>,
    Has<TokenError.OrganisationUnknown, OfAnswer>,
    Has<TokenError.InvalidRequest, OfAnswer>,
    Has<TokenError.Unsupported, OfAnswer>,
    Has<TokenError.RateLimited, OfAnswer | "retryAfter?">,
    Has<TokenError.Unavailable, OfAnswer | "problem">,
    Has<TokenError.MalformedAnswer, OfAnswer | "problem">,
    Has<TokenError.WrongToken, OfAnswer | "mismatch">,
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
