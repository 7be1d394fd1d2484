/**
 * The same for those who do not write Effect: promises, plain options, a `fetch` for one merchant.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Gatekeeper from "./Gatekeeper.ts"
import * as Grant from "./Grant.ts"
import type { Explanation } from "./Explanation.ts"
import { requestOf } from "./internal/fetchRequest.ts"
import * as MerchantClient from "./MerchantClient.ts"
import * as Partner from "./Partner.ts"
import type {
  CloseOptions,
  CreateTokenBrokerOptions,
  GrantHandle,
  PromiseTokenBroker,
  Token,
  TokenOptions
} from "./PromiseTokenBroker.ts"
import type { ShutdownReport } from "./Revocation.ts"
import { defaultRetryPolicy, retry } from "./RetryPolicy.ts"
import * as TokenBroker from "./TokenBroker.ts"
import { BrokerClosed, InvalidConfiguration, TokenError } from "./TokenError.ts"
import type { TokenSource } from "./TokenSource.ts"

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
  checkGiven(options)
  const fetch = options.fetch ?? globalThis.fetch
  const runtime = ManagedRuntime.make(layerOf(options, fetch))
  // From the one on nothing new begins; from the other on nothing is left.
  const closing = Deferred.makeUnsafe<void>()
  const closed = Deferred.makeUnsafe<void>()
  const run = runOn(runtime, closing)
  const broker = await run(TokenBroker.TokenBroker)
  const gatekeeper = await run(Gatekeeper.Gatekeeper)
  const parts: HandleParts = { run, fetch, broker }
  const handle = async (grant: Effect.Effect<Grant.Grant, TokenError>): Promise<GrantHandle> => {
    const source = await run(Effect.flatMap(grant, broker.source))
    return new Handle(parts, source)
  }
  const end = async (how: CloseOptions): Promise<ShutdownReport | undefined> => {
    Deferred.doneUnsafe(closing, Exit.void)
    const revoked =
      how.revoke === true
        ? await runtime.runPromise(broker.revokeIssued(how.within ?? 5_000))
        : undefined
    Deferred.doneUnsafe(closed, Exit.void)
    await runtime.dispose()
    return revoked
  }
  const close = once(end)
  const withRetry = retry(defaultRetryPolicy)
  return {
    organisations: (filter, page) => run(withRetry(gatekeeper.organisations(filter, page))),
    allOrganisations: (filter) => read(closing, gatekeeper.allOrganisations(filter)),
    organisation: (id) => run(withRetry(gatekeeper.organisation(id))),
    forOrganisation: (id, grant) => handle(Grant.forOrganisation(id, grant)),
    own: (grant) => handle(Grant.own(grant)),
    forApplication: (grant) => handle(Grant.forApplication(grant)),
    invalidate: (tokenId) => run(broker.invalidate(tokenId)),
    revoke: (token) => run(broker.revoke(token)),
    revokeOrganisation: (id) => run(broker.revokeOrganisation(id)),
    revokeOwn: () => run(broker.revokeOwn),
    warm: (merchants, warmOptions) =>
      read(
        closing,
        Stream.unwrap(
          Effect.map(
            Effect.forEach(merchants, ({ organisationId, ...grant }) =>
              Grant.forOrganisation(organisationId, grant)
            ),
            (grants) => broker.warm(grants, warmOptions)
          )
        )
      ),
    health: () => run(broker.health),
    // A listener's loop is over with the broker, not broken off.
    events: () => read(closed, broker.events, Deferred.await(closed)),
    entries: () => run(broker.entries),
    close,
    [Symbol.asyncDispose]: async () => {
      await close()
    }
  }
}

/** A second signal, or a scope that ends meanwhile, must not break off what is being revoked. */
const once = <A>(end: (how: CloseOptions) => Promise<A>): ((how?: CloseOptions) => Promise<A>) => {
  let ending: Promise<A> | undefined
  return (how = {}) => (ending ??= end(how))
}

/** What TypeScript would have said. */
const checkGiven = ({ apiKey, store }: CreateTokenBrokerOptions): void => {
  const invalid = (setting: string, problem: string) =>
    new TokenError({ reason: new InvalidConfiguration({ setting, problem }) })
  if (!Predicate.hasProperty(store, "layer")) {
    throw invalid("store", "must be a store, such as memoryStore() of @onbehalf/store-memory")
  }
  if (apiKey !== undefined && typeof apiKey !== "string" && typeof apiKey !== "function") {
    throw invalid("NUAPAY_API_KEY (apiKey)", "must be text, or a function that gives it")
  }
}

const brokerClosed = () => new TokenError({ reason: new BrokerClosed({}) })

/** Rejects with the signal's reason where the signal is why it ended, as `fetch` does. */
const runOn =
  (
    runtime: ManagedRuntime.ManagedRuntime<Services, TokenError>,
    closed: Deferred.Deferred<void>
  ): Run =>
  async (effect, signal) => {
    signal?.throwIfAborted()
    if (Deferred.isDoneUnsafe(closed)) throw brokerClosed()
    try {
      return await runtime.runPromise(effect, { signal: signal ?? undefined })
    } catch (error) {
      signal?.throwIfAborted()
      if (Deferred.isDoneUnsafe(closed)) throw brokerClosed()
      throw error
    }
  }

/** What is read in a loop; `atEnd` says how that ends where the broker is closed meanwhile. */
const read = <A>(
  closed: Deferred.Deferred<void>,
  stream: Stream.Stream<A, TokenError>,
  atEnd: Effect.Effect<void, TokenError> = Effect.andThen(
    Deferred.await(closed),
    Effect.suspend(() => Effect.fail(brokerClosed()))
  )
): AsyncIterable<A> =>
  Stream.toAsyncIterable(
    Stream.suspend(() =>
      Deferred.isDoneUnsafe(closed)
        ? Stream.fail(brokerClosed())
        : Stream.interruptWhen(stream, atEnd)
    )
  )

/** What all handles of one broker share. */
interface HandleParts {
  readonly run: Run
  readonly fetch: typeof globalThis.fetch
  readonly broker: TokenBroker.TokenBroker["Service"]
}

/** A class, because there is one for each merchant and grant: methods are shared, closures are not. */
class Handle implements GrantHandle {
  readonly #parts: HandleParts
  readonly #source: TokenSource
  /** One promise for as long as it is the same token. */
  #token: Token | undefined
  #found: Promise<Token> | undefined
  /** One promise for all who ask while it is pending, and no fiber for each of them. */
  #waiting: Promise<Token> | undefined
  #client: Promise<MerchantClient.MerchantClient> | undefined

  constructor(parts: HandleParts, source: TokenSource) {
    this.#parts = parts
    this.#source = source
  }

  peek(minimumValidity?: number): Token | undefined {
    return this.#source.peek(minimumValidity)
  }

  token(options?: TokenOptions): Promise<Token> {
    const token = this.#source.peek(options?.minimumValidity)
    if (token === undefined) return this.#wait(options)
    if (this.#found === undefined || this.#token !== token) {
      this.#token = token
      this.#found = Promise.resolve(token)
    }
    return this.#found
  }

  async authorization(options?: TokenOptions): Promise<string> {
    return (await this.token(options)).authorization()
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const { fetch, run } = this.#parts
    this.#client ??= run(MerchantClient.make(this.#source))
    const merchant = await this.#client
    return run(
      Effect.flatMap(requestOf(path, init), merchant.execute).pipe(
        withSignal(fetch, init.signal),
        // Always there: the client's answers are made from Web responses.
        Effect.map((response) => Option.getOrThrow(HttpClientResponse.toWeb(response)))
      ),
      init.signal
    )
  }

  renew(): Promise<Token> {
    return this.#parts.run(this.#parts.broker.renew(this.#source.grant))
  }

  invalidate(refused: Token): Promise<boolean> {
    return this.#parts.run(this.#source.invalidate(refused))
  }

  explain(): Promise<Explanation> {
    return this.#parts.run(this.#parts.broker.explain(this.#source.grant))
  }

  #wait(options: TokenOptions | undefined): Promise<Token> {
    const { run } = this.#parts
    if (options !== undefined) return run(this.#source.token(options), options.signal)
    this.#waiting ??= run(this.#source.token()).finally(() => {
      this.#waiting = undefined
    })
    return this.#waiting
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

/** Says nothing of why: what a vault throws may hold what it keeps. */
const keyUnread = () =>
  new TokenError({
    reason: new InvalidConfiguration({
      setting: "NUAPAY_API_KEY (apiKey)",
      problem: "the function that gives it failed"
    })
  })

const layerOf = (
  options: CreateTokenBrokerOptions,
  fetch: typeof globalThis.fetch
): Layer.Layer<Services, TokenError> => {
  const { apiKey, standbyApiKey } = options
  const readKey =
    typeof apiKey === "function"
      ? Effect.map(Effect.tryPromise({ try: async () => apiKey(), catch: keyUnread }), (key) =>
          Redacted.make(key)
        )
      : undefined
  const partner = Layer.effect(
    Partner.Partner,
    Effect.flatMap(
      readKey ?? Effect.succeed(typeof apiKey === "string" ? Redacted.make(apiKey) : undefined),
      (key) =>
        Partner.makeWithEnvironment({
          ...options,
          apiKey: key,
          reloadApiKey: readKey,
          standbyApiKey: standbyApiKey === undefined ? undefined : Redacted.make(standbyApiKey)
        })
    )
  )
  const http = Layer.provide(FetchHttpClient.layer, Layer.succeed(FetchHttpClient.Fetch, fetch))
  return TokenBroker.layer(options).pipe(
    Layer.provideMerge(Gatekeeper.layer({ timeout: options.timeout })),
    Layer.provide(options.store.layer),
    Layer.provideMerge(Layer.merge(partner, http))
  )
}
