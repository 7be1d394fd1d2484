/** Our side of a hostile server: the real `fetch`, real sockets, everything else as in production. */
import {
  createTokenBroker,
  type CreateTokenBrokerOptions,
  type PromiseTokenBroker
} from "@onbehalf/core"
import * as Gatekeeper from "@onbehalf/core/Gatekeeper"
import * as MerchantClient from "@onbehalf/core/MerchantClient"
import type { TokenErrorReason } from "@onbehalf/core/TokenError"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import { apiKey, layerOf } from "../../packages/core/test/support/upstream.ts"
import { grantFor } from "./broker.ts"

export const merchant = "merchant-1"

/** What must not be seen anywhere: the key and the tokens, plain and as they stand in a header. */
export const secrets = [apiKey, btoa(`${apiKey}:`), "canary-token-text", btoa("canary-token-text")]

/** Sends one request each time, without retry. */
export const withGatekeeper = <A, E, R>(
  url: string,
  use: (gatekeeper: Gatekeeper.Gatekeeper["Service"]) => Effect.Effect<A, E, R>,
  account: Parameters<typeof layerOf>[1] = {},
  fetch = globalThis.fetch
) =>
  Gatekeeper.Gatekeeper.use(use).pipe(Effect.provide(layerOf(fetch, { baseUrl: url, ...account })))

/** One token, one request. */
export const askToken = (url: string, organisation = merchant) =>
  withGatekeeper(url, (gatekeeper) =>
    Effect.flatMap(grantFor(organisation), gatekeeper.requestToken)
  )

/** Why one token request fails. */
export const refusal = (url: string, organisation?: string) =>
  Effect.map(Effect.flip(askToken(url, organisation)), ({ reason }) => reason)

/** The kind of trouble, in one word. */
export const wordOf = (reason: TokenErrorReason): string =>
  reason._tag === "Unavailable"
    ? reason.problem
    : reason._tag === "WrongToken"
      ? reason.mismatch
      : reason._tag

/** Retries follow at once: the other side does not get better by waiting. */
const impatient = { retries: 3, base: 1, cap: 1 }

/** The broker with its retries, in memory. */
export const withBrokerOn = <A, E, R>(
  url: string,
  use: (broker: TokenBroker.TokenBroker["Service"]) => Effect.Effect<A, E, R>,
  options: TokenBroker.TokenBrokerOptions = { retryPolicy: impatient }
) =>
  TokenBroker.TokenBroker.use(use).pipe(
    Effect.provide(
      TokenBroker.layer(options).pipe(
        Layer.provide(Layer.merge(MemoryStore.layer(), layerOf(globalThis.fetch, { baseUrl: url })))
      )
    )
  )

/** The merchant's client, with what it needs; `transport` is for its own calls. */
export const withMerchantOn = <A, E>(
  url: string,
  use: (client: MerchantClient.MerchantClient) => Effect.Effect<A, E>,
  options?: MerchantClient.MerchantClientOptions,
  transport: Layer.Layer<HttpClient.HttpClient> = FetchHttpClient.layer
) =>
  TokenBroker.TokenBroker.use((broker) =>
    Effect.gen(function* () {
      const source = yield* broker.source(yield* grantFor(merchant))
      return yield* use(yield* MerchantClient.make(source, options))
    }).pipe(Effect.provide(transport))
  ).pipe(
    Effect.provide(
      TokenBroker.layer({ retryPolicy: impatient }).pipe(
        Layer.provideMerge(
          Layer.merge(MemoryStore.layer(), layerOf(globalThis.fetch, { baseUrl: url }))
        )
      )
    )
  )

/** The promise facade, closed at the end of the scope. */
export const promiseBrokerOn = (
  url: string,
  options: Pick<CreateTokenBrokerOptions, "timeout"> = {}
) =>
  Effect.acquireRelease(
    Effect.promise((): Promise<PromiseTokenBroker> =>
      createTokenBroker({
        apiKey,
        environment: "sandbox",
        baseUrl: url,
        retryPolicy: { retries: 0 },
        store: MemoryStore.memoryStore(),
        ...options
      })
    ),
    (broker) => Effect.promise(() => broker.close())
  )

/** How a promise ended badly. */
export const rejection = (promise: () => Promise<unknown>): Effect.Effect<unknown> =>
  Effect.promise(() =>
    promise().then(
      () => {
        throw new Error("expected a rejection")
      },
      (error: unknown) => error
    )
  )
