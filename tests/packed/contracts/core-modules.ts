/** What users of @onbehalf/core write, and of its modules by themselves: see `names.ts`. */
import type * as AccessToken from "@onbehalf/core/AccessToken"
import type * as BrokerEvent from "@onbehalf/core/BrokerEvent"
import type * as ChangeFeed from "@onbehalf/core/ChangeFeed"
import type * as Explanation from "@onbehalf/core/Explanation"
import type * as Gatekeeper from "@onbehalf/core/Gatekeeper"
import type * as Grant from "@onbehalf/core/Grant"
import type * as Health from "@onbehalf/core/Health"
import type * as Lifetime from "@onbehalf/core/Lifetime"
import type * as MerchantClient from "@onbehalf/core/MerchantClient"
import type * as MonotonicClock from "@onbehalf/core/MonotonicClock"
import type * as Organisation from "@onbehalf/core/Organisation"
import type * as Partner from "@onbehalf/core/Partner"
import type * as PromiseTokenBroker from "@onbehalf/core/PromiseTokenBroker"
import type * as RetryPolicy from "@onbehalf/core/RetryPolicy"
import type * as Revocation from "@onbehalf/core/Revocation"
import type * as TieredStore from "@onbehalf/core/TieredStore"
import type * as TokenBroker from "@onbehalf/core/TokenBroker"
import type * as TokenKey from "@onbehalf/core/TokenKey"
import type * as TokenSeal from "@onbehalf/core/TokenSeal"
import type * as TokenSource from "@onbehalf/core/TokenSource"
import type * as TokenStore from "@onbehalf/core/TokenStore"
import type * as Promise from "@onbehalf/core/promise"
import type { Contract, Has, Is, Named } from "./names.ts"

export type OfAccessToken = Contract<
  [
    Has<typeof AccessToken, "AccessToken" | "TokenId" | "TokenValue" | "tokenId">,
    Named<AccessToken.TokenId>,
    Named<AccessToken.AccessToken>
  ]
>

export type OfBrokerEvent = Contract<
  [
    Has<BrokerEvent.Subject, "organisation">,
    Has<BrokerEvent.Acquired, "_tag" | "organisation" | "tokenId">,
    Has<BrokerEvent.Renewed, "_tag" | "organisation" | "tokenId">,
    Has<BrokerEvent.ServedWhileRenewing, "_tag" | "organisation">,
    Has<BrokerEvent.Refused, "_tag" | "ahead" | "error" | "organisation">,
    Has<BrokerEvent.AnswerLost, "_tag" | "organisation">,
    Has<BrokerEvent.Overtaken, "_tag" | "organisation" | "tokenId">,
    Has<BrokerEvent.Revoked, "_tag" | "organisation" | "revocation" | "tokenId">,
    Has<BrokerEvent.StoreTrouble, "_tag" | "operation" | "organisation" | "problem">,
    Named<BrokerEvent.BrokerEvent>
  ]
>

export type OfChangeFeed = Contract<
  [Has<typeof ChangeFeed, "make">, Has<ChangeFeed.ChangeFeed, "changes" | "cut" | "tell">]
>

export type OfExplanation = Contract<[Named<Explanation.Explanation>]>

export type OfGatekeeper = Contract<
  [
    Has<typeof Gatekeeper, "Gatekeeper" | "layer" | "make">,
    Has<Gatekeeper.IssuedToken, "life" | "token">,
    Has<Gatekeeper.RevokedToken, "id" | "revokedTimestamp">,
    Has<Gatekeeper.Gatekeeper, "Service" | "key">,
    Has<
      Gatekeeper.Gatekeeper["Service"],
      | "allOrganisations"
      | "organisation"
      | "organisations"
      | "requestToken"
      | "revokeAll"
      | "revokeToken"
    >,
    Has<Gatekeeper.GatekeeperOptions, "timeout?">
  ]
>

export type OfGrant = Contract<
  [
    Has<
      typeof Grant,
      | "defaultExpiresIn"
      | "expiresIn"
      | "forApplication"
      | "forOrganisation"
      | "maximumExpiresIn"
      | "minimumExpiresIn"
      | "organisationOf"
      | "own"
    >,
    Has<Grant.OrganisationGrant, "_tag" | "expiresIn" | "organisationId" | "scopes">,
    Has<Grant.OwnGrant, "_tag" | "expiresIn" | "scopes">,
    Has<Grant.ApplicationGrant, "_tag" | "organisationId" | "products" | "resourceId">,
    Has<
      Grant.Grant,
      "_tag" | "expiresIn" | "organisationId" | "products" | "resourceId" | "scopes"
    >,
    Has<Grant.GrantOptions, "expiresIn?" | "scopes">,
    Has<Grant.ApplicationOptions, "organisationId?" | "products" | "resourceId">
  ]
>

export type OfHealth = Contract<[Named<Health.Health>]>

export type OfLifetime = Contract<
  [
    Has<
      typeof Lifetime,
      "drawn" | "isUsable" | "life" | "make" | "margin" | "remaining" | "renewalFor"
    >,
    Has<Lifetime.Lifetime, "end" | "issued" | "limit" | "renewal">,
    Has<Lifetime.LifeBounds, "createdTimestamp" | "date" | "expiryTime" | "requested">
  ]
>

export type OfMerchantClient = Contract<
  [
    Has<typeof MerchantClient, "make">,
    Has<
      MerchantClient.MerchantClient,
      | "del"
      | "execute"
      | "get"
      | "head"
      | "options"
      | "patch"
      | "post"
      | "postprocess"
      | "preprocess"
      | "put"
      | "query"
      | "toJSON"
    >,
    Has<MerchantClient.MerchantClientOptions, "form?" | "timeout?">
  ]
>

export type OfMonotonicClock = Contract<
  [Has<typeof MonotonicClock, "monotonicMillis">, Named<MonotonicClock.MonotonicMillis>]
>

export type OfOrganisation = Contract<
  [
    Has<
      typeof Organisation,
      "Organisation" | "OrganisationId" | "isOrganisationId" | "organisationId"
    >,
    Named<Organisation.OrganisationId>,
    Has<
      Organisation.Organisation,
      | "country?"
      | "creationDateTime?"
      | "customerDefinedReference?"
      | "id"
      | "lastUpdateDateTime?"
      | "name?"
      | "organisationType?"
      | "parentId?"
      | "registeredNumber?"
      | "status?"
      | "vatNumber?"
    >,
    Has<
      Organisation.OrganisationFilter,
      | "country?"
      | "customerDefinedReference?"
      | "name?"
      | "organisationIds?"
      | "organisationType?"
      | "recursive?"
      | "status?"
      | "vatNumber?"
    >,
    Has<Organisation.PageRequest, "pageNumber?" | "pageSize?">,
    Has<
      Organisation.OrganisationPage,
      "organisations" | "pageNumber" | "pageSize" | "totalElements" | "totalPages"
    >
  ]
>

export type OfPartner = Contract<
  [
    Has<
      typeof Partner,
      "Partner" | "config" | "layer" | "layerConfig" | "make" | "makeWithEnvironment"
    >,
    Is<Partner.Environment, "live" | "sandbox">,
    Has<Partner.ApiKeyRing, "current" | "replace">,
    Has<
      Partner.PartnerOptions,
      | "account?"
      | "apiKey"
      | "baseUrl?"
      | "environment?"
      | "gatekeeperPrefix?"
      | "organisationPrefix?"
      | "reloadApiKey?"
      | "standbyApiKey?"
      | "trustedHost?"
    >,
    Has<Partner.Partner, "Service" | "key">,
    Has<
      Partner.Partner["Service"],
      "account" | "apiKey" | "environment" | "gatekeeperUrl" | "organisationUrl" | "origin"
    >
  ]
>

export type OfPromiseTokenBroker = Contract<
  [
    Named<PromiseTokenBroker.StoreAdapter>,
    Named<PromiseTokenBroker.CreateTokenBrokerOptions>,
    Named<PromiseTokenBroker.Token>,
    Named<PromiseTokenBroker.TokenOptions>,
    Named<PromiseTokenBroker.GrantHandle>,
    Named<PromiseTokenBroker.PromiseTokenBroker>,
    Named<PromiseTokenBroker.CloseOptions>
  ]
>

export type OfRetryPolicy = Contract<
  [
    Has<typeof RetryPolicy, "defaultRetryPolicy" | "mayRetry" | "retry" | "schedule">,
    Has<RetryPolicy.RetryPolicy, "base" | "cap" | "maximumRetryAfter" | "retries">
  ]
>

export type OfRevocation = Contract<
  [Named<Revocation.RevocableToken>, Named<Revocation.Revocation>, Named<Revocation.ShutdownReport>]
>

export type OfTieredStore = Contract<
  [
    Has<typeof TieredStore, "layer" | "make" | "tieredStore">,
    Has<TieredStore.TierOptions, "maxStaleness?" | "timeout?">,
    Has<TieredStore.TieredStoreOptions, "far" | "maxStaleness?" | "near" | "timeout?">
  ]
>

export type OfTokenBroker = Contract<
  [
    Has<typeof TokenBroker, "TokenBroker" | "layer" | "make">,
    Has<TokenBroker.WarmOptions, "perSecond?">,
    Has<TokenBroker.WarmProgress, "done" | "error" | "grant" | "total">,
    Has<TokenBroker.TokenBroker, "Service" | "key">,
    Has<
      TokenBroker.TokenBroker["Service"],
      | "acquire"
      | "entries"
      | "events"
      | "explain"
      | "health"
      | "invalidate"
      | "renew"
      | "revoke"
      | "revokeIssued"
      | "revokeOrganisation"
      | "revokeOwn"
      | "source"
      | "warm"
    >,
    Has<
      TokenBroker.TokenBrokerOptions,
      "concurrency?" | "deadline?" | "expiresIn?" | "retryPolicy?" | "storePolicy?"
    >
  ]
>

export type OfTokenKey = Contract<
  [
    Has<typeof TokenKey, "decode" | "encode" | "make" | "owner">,
    Has<TokenKey.TokenKey, "organisation" | "owner" | "text">,
    Has<TokenKey.KeyAccount, "account" | "environment" | "gatekeeperUrl">
  ]
>

export type OfTokenSeal = Contract<
  [
    Has<typeof TokenSeal, "TokenSeal" | "layer" | "make" | "newKey">,
    Has<TokenSeal.NativeAes<"north">, "createCipheriv" | "createDecipheriv" | "createSecretKey">,
    Has<TokenSeal.SealOptions, "oldSealKeys?" | "plaintext?" | "sealKey?">,
    Has<TokenSeal.TokenSeal, "Service" | "key">,
    Has<TokenSeal.TokenSeal["Service"], "open" | "seal">
  ]
>

export type OfTokenSource = Contract<
  [
    Has<TokenSource.AcquireOptions, "deadline?" | "minimumValidity?">,
    Has<TokenSource.TokenSource, "grant" | "invalidate" | "key" | "peek" | "token">
  ]
>

export type OfTokenStore = Contract<
  [
    Has<typeof TokenStore, "StoreError" | "TokenStore" | "entryOf">,
    Has<TokenStore.StoredToken, "key" | "lifetime" | "token">,
    Has<TokenStore.Lookup, "generation" | "held">,
    Has<TokenStore.Lease, "fence">,
    Has<TokenStore.StoreChange, "_tag" | "id" | "owner" | "text">,
    Has<TokenStore.StoreEntry, "id" | "key" | "lifetime" | "organisation" | "scopes">,
    Has<TokenStore.StoreError, "_tag" | "operation" | "problem" | "toJSON">,
    Has<TokenStore.TokenStore, "Service" | "key">,
    Has<
      TokenStore.TokenStore["Service"],
      "changes" | "entries" | "epoch" | "get" | "lease" | "peek" | "put" | "remove" | "revoke"
    >
  ]
>

export type OfPromise = Contract<[Has<typeof Promise, "createTokenBroker">]>
