/**
 * The same for those who do not write Effect: promises, plain options, a `fetch` for one merchant.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Gatekeeper from "./Gatekeeper.ts"
import * as Grant from "./Grant.ts"
import { requestOf } from "./internal/fetchRequest.ts"
import * as MerchantClient from "./MerchantClient.ts"
import type {
  Organisation,
  OrganisationFilter,
  OrganisationPage,
  PageRequest
} from "./Organisation.ts"
import * as Partner from "./Partner.ts"
import { defaultRetryPolicy, retry } from "./RetryPolicy.ts"
import * as TokenBroker from "./TokenBroker.ts"
import { BrokerClosed, TokenError } from "./TokenError.ts"
import type { TokenSource } from "./TokenSource.ts"
import type { StoreEntry, TokenStore } from "./TokenStore.ts"

/**
 * Where tokens are kept: made by a store package, for example `memoryStore()` of `@onbehalf/store-memory`.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoreAdapter {
  readonly layer: Layer.Layer<TokenStore, TokenError>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateTokenBrokerOptions
  extends Omit<Partner.PartnerOptions, "apiKey">, TokenBroker.TokenBrokerOptions {
  /** Default: the environment variable `NUAPAY_API_KEY`. The other partner settings likewise. */
  readonly apiKey?: string | undefined
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
 * @category models
 * @since 0.1.0
 */
export interface TokenOptions {
  /** Milliseconds of life that the token must have left. Default: 0. */
  readonly minimumValidity?: number | undefined
  /** Milliseconds that this caller is willing to wait. */
  readonly deadline?: number | undefined
  /** Gives up waiting; the fetch under way goes on for others. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Everything for one grant. Make it once and keep it: a held token then costs a look-up.
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
   * `fetch` for this merchant: a path such as `/mandates`, on Nuapay's origin, with the merchant's token.
   * A refused token is replaced once, where the body can be sent again.
   */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Forgets this very token, so that the next call gets another. */
  invalidate(token: Token): Promise<boolean>
}

/**
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
  forOrganisation(id: string, options: Grant.GrantOptions): Promise<GrantHandle>
  /** A handle for the caller's own organisation. */
  own(options: Grant.GrantOptions): Promise<GrantHandle>
  /** A handle for one resource, for mobile apps. */
  forApplication(options: Parameters<typeof Grant.forApplication>[0]): Promise<GrantHandle>
  /** Revokes one token. */
  revoke(token: Token): Promise<TokenBroker.Revocation>
  /** Revokes every token of an organisation; how many, where Nuapay says so. */
  revokeOrganisation(id: string): Promise<number | undefined>
  /** Revokes every token of the caller itself. */
  revokeOwn(): Promise<number | undefined>
  /** What the store holds; no secrets. */
  entries(): Promise<ReadonlyArray<StoreEntry>>
  /** Ends all work under way. Tokens stay valid upstream until they expire. */
  close(): Promise<void>
}

type Services =
  | TokenBroker.TokenBroker
  | Gatekeeper.Gatekeeper
  | Partner.Partner
  | HttpClient.HttpClient

type Run = <A>(
  effect: Effect.Effect<A, TokenError, Services>,
  signal?: AbortSignal | null
) => Promise<A>

/**
 * A token broker for one partner account. Rejects with a `TokenError` where a setting is missing or wrong;
 * makes no request by itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const createTokenBroker = async (
  options: CreateTokenBrokerOptions
): Promise<PromiseTokenBroker> => {
  const fetch = options.fetch ?? globalThis.fetch
  const runtime = ManagedRuntime.make(layerOf(options, fetch))
  const state = { closed: false }
  const run = runOn(runtime, state)
  const broker = await run(TokenBroker.TokenBroker)
  const gatekeeper = await run(Gatekeeper.Gatekeeper)
  const handle = async (grant: Effect.Effect<Grant.Grant, TokenError>): Promise<GrantHandle> => {
    const source = await run(Effect.flatMap(grant, broker.source))
    return makeHandle(run, fetch, source, await run(MerchantClient.make(source)))
  }
  const close = (): Promise<void> => {
    state.closed = true
    return runtime.dispose()
  }
  const withRetry = retry(defaultRetryPolicy)
  return {
    organisations: (filter, page) => run(withRetry(gatekeeper.organisations(filter, page))),
    allOrganisations: (filter) => Stream.toAsyncIterable(gatekeeper.allOrganisations(filter)),
    organisation: (id) => run(withRetry(gatekeeper.organisation(id))),
    forOrganisation: (id, grant) => handle(Grant.forOrganisation(id, grant)),
    own: (grant) => handle(Grant.own(grant)),
    forApplication: (grant) => handle(Grant.forApplication(grant)),
    revoke: (token) => run(broker.revoke(token)),
    revokeOrganisation: (id) => run(broker.revokeOrganisation(id)),
    revokeOwn: () => run(broker.revokeOwn),
    entries: () => run(broker.entries),
    close,
    [Symbol.asyncDispose]: close
  }
}

/** Rejects with the signal's reason where the signal is why it ended, as `fetch` does. */
const runOn =
  (
    runtime: ManagedRuntime.ManagedRuntime<Services, TokenError>,
    state: { readonly closed: boolean }
  ): Run =>
  async (effect, signal) => {
    signal?.throwIfAborted()
    if (state.closed) throw new TokenError({ reason: new BrokerClosed({}) })
    try {
      return await runtime.runPromise(effect, { signal: signal ?? undefined })
    } catch (error) {
      signal?.throwIfAborted()
      if (state.closed) throw new TokenError({ reason: new BrokerClosed({}) })
      throw error
    }
  }

const makeHandle = (
  run: Run,
  fetch: typeof globalThis.fetch,
  source: TokenSource,
  client: MerchantClient.MerchantClient
): GrantHandle => {
  const token = (options: TokenOptions = {}): Promise<Token> => {
    const held = source.peek(options.minimumValidity)
    return held === undefined ? run(source.token(options), options.signal) : Promise.resolve(held)
  }
  return {
    peek: source.peek,
    token,
    authorization: async (options) => (await token(options)).authorization(),
    fetch: (path, init = {}) =>
      run(
        client.execute(requestOf(path, init)).pipe(
          withSignal(fetch, init.signal),
          // Always there: the client's answers are made from Web responses.
          Effect.map((response) => Option.getOrThrow(HttpClientResponse.toWeb(response)))
        ),
        init.signal
      ),
    invalidate: (refused) => run(source.invalidate(refused))
  }
}

/** The signal also ends a body that is still being read, after the head has arrived. */
const withSignal =
  (fetch: typeof globalThis.fetch, signal: AbortSignal | null | undefined) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    signal === undefined || signal === null
      ? effect
      : Effect.provideService(effect, FetchHttpClient.Fetch, (input, init) =>
          fetch(input, {
            ...init,
            signal: AbortSignal.any(init?.signal ? [init.signal, signal] : [signal])
          })
        )

const layerOf = (
  options: CreateTokenBrokerOptions,
  fetch: typeof globalThis.fetch
): Layer.Layer<Services, TokenError> => {
  const partner = Layer.effect(
    Partner.Partner,
    Partner.makeWithEnvironment({
      ...options,
      apiKey: options.apiKey === undefined ? undefined : Redacted.make(options.apiKey)
    })
  )
  const http = Layer.provide(FetchHttpClient.layer, Layer.succeed(FetchHttpClient.Fetch, fetch))
  return TokenBroker.layer(options).pipe(
    Layer.provideMerge(Gatekeeper.layer({ timeout: options.timeout })),
    Layer.provide(options.store.layer),
    Layer.provideMerge(Layer.merge(partner, http))
  )
}
