/** What users of @onbehalf/core write: see `names.ts`. */
import type * as CoreIndex from "@onbehalf/core"
import type { Contract, Has, Named } from "./names.ts"

export type OfCoreIndex = Contract<
  [
    Has<
      typeof CoreIndex,
      | "AccessToken"
      | "ChangeFeed"
      | "Gatekeeper"
      | "Grant"
      | "Lifetime"
      | "MerchantClient"
      | "MonotonicClock"
      | "Organisation"
      | "Partner"
      | "RetryPolicy"
      | "TieredStore"
      | "TokenBroker"
      | "TokenError"
      | "TokenErrors"
      | "TokenId"
      | "TokenKey"
      | "TokenSeal"
      | "TokenSource"
      | "TokenStore"
      | "createTokenBroker"
      | "tieredStore"
    >,
    Has<
      CoreIndex.AccessToken,
      | "authorization"
      | "basicAuthorization"
      | "id"
      | "organisation"
      | "resourceId"
      | "reveal"
      | "scopes"
      | "value"
    >,
    Named<CoreIndex.TokenId>,
    Has<
      CoreIndex.BrokerEvent,
      | "_tag"
      | "ahead"
      | "error"
      | "operation"
      | "organisation"
      | "problem"
      | "revocation"
      | "tokenId"
    >,
    Has<
      CoreIndex.Explanation,
      | "answersLost"
      | "apiKeyRefusedFor"
      | "failures"
      | "flight"
      | "held"
      | "lastError"
      | "organisation"
      | "rateLimitedFor"
      | "refusalRememberedFor"
      | "renewalPausedFor"
      | "storeTrouble"
      | "waiting"
    >,
    Has<CoreIndex.Health, "apiKey" | "status" | "store">,
    Has<CoreIndex.CloseOptions, "revoke?" | "within?">,
    Has<
      CoreIndex.CreateTokenBrokerOptions,
      | "account?"
      | "apiKey?"
      | "baseUrl?"
      | "concurrency?"
      | "deadline?"
      | "environment?"
      | "expiresIn?"
      | "fetch?"
      | "gatekeeperPrefix?"
      | "organisationPrefix?"
      | "retryPolicy?"
      | "standbyApiKey?"
      | "store"
      | "storePolicy?"
      | "timeout?"
      | "trustedHost?"
    >,
    Has<
      CoreIndex.GrantHandle,
      "authorization" | "explain" | "fetch" | "invalidate" | "peek" | "renew" | "token"
    >,
    Has<
      CoreIndex.PromiseTokenBroker,
      | "allOrganisations"
      | "close"
      | "entries"
      | "events"
      | "forApplication"
      | "forOrganisation"
      | "health"
      | "invalidate"
      | "organisation"
      | "organisations"
      | "own"
      | "revoke"
      | "revokeOrganisation"
      | "revokeOwn"
      | "warm"
    >,
    Has<CoreIndex.StoreAdapter, "layer">,
    Has<
      CoreIndex.Token,
      "authorization" | "id" | "organisation" | "resourceId" | "reveal" | "scopes"
    >,
    Has<CoreIndex.TokenOptions, "deadline?" | "minimumValidity?" | "signal?">,
    Has<CoreIndex.RevocableToken, "id" | "organisation">,
    Has<CoreIndex.Revocation, "error" | "outcome" | "tokens">,
    Has<CoreIndex.ShutdownReport, "alreadyGone" | "expired" | "revoked" | "unconfirmed">,
    Has<
      CoreIndex.TokenError,
      | "_tag"
      | "code"
      | "documentation"
      | "hint"
      | "organisation"
      | "reason"
      | "retryable"
      | "toJSON"
    >
  ]
>
