/**
 * Tokens on behalf of merchants.
 *
 * Effect users compose the modules; {@link createTokenBroker} is the same for everybody else.
 *
 * @since 0.1.0
 */
export { AccessToken, TokenId } from "./AccessToken.ts"
export type { BrokerEvent } from "./BrokerEvent.ts"
export type { Explanation } from "./Explanation.ts"
export * as Gatekeeper from "./Gatekeeper.ts"
export * as Grant from "./Grant.ts"
export * as Lifetime from "./Lifetime.ts"
export * as MerchantClient from "./MerchantClient.ts"
export * as MonotonicClock from "./MonotonicClock.ts"
export * as Organisation from "./Organisation.ts"
export * as Partner from "./Partner.ts"
export { createTokenBroker } from "./promise.ts"
export type {
  CloseOptions,
  CreateTokenBrokerOptions,
  GrantHandle,
  PromiseTokenBroker,
  StoreAdapter,
  Token,
  TokenOptions
} from "./PromiseTokenBroker.ts"
export * as RetryPolicy from "./RetryPolicy.ts"
export type { RevocableToken, Revocation, ShutdownReport } from "./Revocation.ts"
export * as TieredStore from "./TieredStore.ts"
export { tieredStore } from "./TieredStore.ts"
export * as TokenBroker from "./TokenBroker.ts"
export { TokenError } from "./TokenError.ts"
export * as TokenErrors from "./TokenError.ts"
export * as TokenKey from "./TokenKey.ts"
export * as TokenSeal from "./TokenSeal.ts"
export * as TokenSource from "./TokenSource.ts"
export * as TokenStore from "./TokenStore.ts"
