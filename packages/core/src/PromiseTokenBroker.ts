/**
 * What those see who do not write Effect: plain options, promises, async iterables.
 *
 * @since 0.1.0
 */
import type * as Layer from "effect/Layer"
import type { BrokerEvent } from "./BrokerEvent.ts"
import type { Explanation } from "./Explanation.ts"
import type { ApplicationOptions, GrantOptions } from "./Grant.ts"
import type { Health } from "./Health.ts"
import type {
  Organisation,
  OrganisationFilter,
  OrganisationPage,
  PageRequest
} from "./Organisation.ts"
import type { PartnerOptions } from "./Partner.ts"
import type { RevocableToken, Revocation, ShutdownReport } from "./Revocation.ts"
import type { TokenBrokerOptions, WarmOptions, WarmProgress } from "./TokenBroker.ts"
import type { TokenError } from "./TokenError.ts"
import type { StoreEntry, TokenStore } from "./TokenStore.ts"

/**
 * Where tokens are kept: made by a store package, for example `memoryStore()` of `@onbehalf/store-memory`.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoreAdapter {
  /** The store for Effect users. Fails where it must not start, for example without a seal key. */
  readonly layer: Layer.Layer<TokenStore, TokenError>
}

/**
 * What {@link createTokenBroker} takes: the partner account, the store, and the broker's own settings.
 *
 * @category models
 * @since 0.1.0
 */
export interface CreateTokenBrokerOptions
  extends Omit<PartnerOptions, "apiKey" | "standbyApiKey" | "reloadApiKey">, TokenBrokerOptions {
  /**
   * Default: the environment variable `NUAPAY_API_KEY`. The other partner settings likewise. A function is
   * asked at the start, and again when the key is refused.
   */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined
  /** Takes the API key's place when that one is refused. Default: `NUAPAY_STANDBY_API_KEY`. */
  readonly standbyApiKey?: string | undefined
  /** Where tokens are kept. Required. */
  readonly store: StoreAdapter
  /** Milliseconds for one request to Nuapay. Default: 5 000. */
  readonly timeout?: number | undefined
  /** Another `fetch`, for mutual TLS or for tests. Default: the global one. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * A token. Its text is not a property: it is in no log and no JSON.
 *
 * @category models
 * @since 0.1.0
 */
export interface Token {
  readonly id: string
  readonly organisation: string
  readonly scopes: ReadonlyArray<string>
  readonly resourceId: string | undefined
  /** The text of the token. */
  reveal(): string
  /** The `Authorization` header, Bearer form. */
  authorization(): string
}

/**
 * What a caller needs of a token, and how long it waits for one.
 *
 * @category models
 * @since 0.1.0
 */
export interface TokenOptions {
  /** Milliseconds of life that the token must have left. Default: 0. */
  readonly minimumValidity?: number | undefined
  /** Milliseconds that this caller is willing to wait. Default: as long as the fetch takes, which the broker bounds. */
  readonly deadline?: number | undefined
  /** Gives up waiting; the fetch under way goes on for others. Default: none. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Everything for one grant. Make it once and keep it: a held token then costs a look-up. Every promise rejects with `TokenError`.
 *
 * @category models
 * @since 0.1.0
 */
export interface GrantHandle {
  /** The token if this process holds a valid one. */
  peek(minimumValidity?: number): Token | undefined
  /** A valid token. Rejects with a `TokenError`. */
  token(options?: TokenOptions): Promise<Token>
  /** The `Authorization` header with a valid token. */
  authorization(options?: TokenOptions): Promise<string>
  /**
   * `fetch` for this merchant: a path such as `/mandates`, on Nuapay's origin, with the merchant's token. Of your
   * headers, `Authorization`, `Cookie`, `Proxy-Authorization` and those of the connection do not go along.
   * A refused token is replaced once, where the body can be sent again. The head of the answer is there within
   * 30 seconds; the body is a stream that you read, for as long as your `signal` lets you.
   */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** A new token, whatever is held. */
  renew(): Promise<Token>
  /** Forgets this very token, so that the next call gets another. */
  invalidate(token: Token): Promise<boolean>
  /** Why a token is or is not served; no secret. */
  explain(): Promise<Explanation>
}

/**
 * A token broker for those who do not write Effect. Every promise rejects with `TokenError` and with nothing else.
 *
 * @category models
 * @since 0.1.0
 */
export interface PromiseTokenBroker extends AsyncDisposable {
  /** One page of the partner's organisations. */
  organisations(filter?: OrganisationFilter, page?: PageRequest): Promise<OrganisationPage>
  /** Every organisation, page after page. */
  allOrganisations(filter?: OrganisationFilter): AsyncIterable<Organisation>
  organisation(id: string): Promise<Organisation>
  /** A handle for a merchant. Rejects at once where the id, the scopes or the life are wrong. */
  forOrganisation(id: string, options: GrantOptions): Promise<GrantHandle>
  /** A handle for the caller's own organisation. */
  own(options: GrantOptions): Promise<GrantHandle>
  /** A handle for one resource, for mobile apps. */
  forApplication(options: ApplicationOptions): Promise<GrantHandle>
  /** Forgets a token by its id, without telling Nuapay. Whether it was held. */
  invalidate(tokenId: string): Promise<boolean>
  /** Revokes one token: here first, then at Nuapay. */
  revoke(token: RevocableToken): Promise<Revocation>
  /** Revokes every token of an organisation. */
  revokeOrganisation(id: string): Promise<Revocation>
  /** Revokes every token of the caller itself. */
  revokeOwn(): Promise<Revocation>
  /** Fetches merchants' tokens before they are needed, at a bounded rate, and tells how far it is. */
  warm(
    merchants: ReadonlyArray<GrantOptions & { readonly organisationId: string }>,
    options?: WarmOptions
  ): AsyncIterable<WarmProgress>
  /**
   * Whether it can do its work. Asks Nuapay and the store at most every few seconds, however often it is
   * asked itself, and takes two seconds at most.
   */
  health(): Promise<Health>
  /** What the broker does, from now on, until the loop that reads it or the broker ends. */
  events(): AsyncIterable<BrokerEvent>
  /** What the store holds; no secrets. */
  entries(): Promise<ReadonlyArray<StoreEntry>>
  /**
   * Ends all work under way with `BrokerClosed`, and so does everything asked for later. Tokens stay valid at Nuapay until they expire, unless `revoke` is set: then
   * those that this process fetched are revoked first, for `within` milliseconds at most (default 5 000).
   * Whoever calls it again waits for the first, and gets its report.
   */
  close(options?: CloseOptions): Promise<ShutdownReport | undefined>
}

/**
 * What `close` does with the tokens that this process fetched.
 *
 * @category models
 * @since 0.1.0
 */
export interface CloseOptions {
  /** Whether they are revoked. Default: false. */
  readonly revoke?: boolean | undefined
  /** Milliseconds that this may take. Default: 5 000. */
  readonly within?: number | undefined
}
