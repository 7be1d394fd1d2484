import { assert, describe, it } from "@effect/vitest"
import * as MerchantClient from "@onbehalf/core/MerchantClient"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerOf, minting, upstream } from "../../packages/core/test/support/upstream.ts"
import { everyForm } from "../support/canary.ts"
import { grantFor } from "../support/broker.ts"
import { secrets } from "../support/hostileClient.ts"

/** As the `fetch` of Node fails where a name does not resolve; what must not be quoted is in the text. */
const unresolved = (code: string): Promise<never> => {
  const cause = Object.assign(new Error(`getaddrinfo ${code} host.of.${secrets.join(".")}`), {
    errno: -3008,
    code,
    syscall: "getaddrinfo",
    hostname: `host.of.${secrets.join(".")}`
  })
  return Promise.reject(new TypeError("fetch failed", { cause }))
}

const on = <A, E>(
  fetch: typeof globalThis.fetch,
  use: (
    broker: TokenBroker.TokenBroker["Service"]
  ) => Effect.Effect<A, E, Layer.Success<ReturnType<typeof layerOf>>>
) =>
  TokenBroker.TokenBroker.use(use).pipe(
    Effect.provide(
      TokenBroker.layer({ retryPolicy: { retries: 3, base: 1, cap: 1 } }).pipe(
        Layer.provideMerge(Layer.merge(MemoryStore.layer(), layerOf(fetch)))
      )
    )
  )

const assertClean = (error: unknown): void => {
  const text = everyForm(error)
  for (const secret of [...secrets, "host.of"]) assert.notInclude(text, secret)
}

describe("F17: the name does not resolve", () => {
  it.live.each(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "ESERVFAIL"])(
    "%s is Unavailable, for a token and for a call, and quotes nothing",
    (code) =>
      on(
        () => unresolved(code),
        (broker) =>
          Effect.gen(function* () {
            const grant = yield* grantFor("merchant-1")
            const error = yield* Effect.flip(broker.acquire(grant))
            assert.strictEqual(error.reason._tag, "Unavailable")
            assertClean(error)
          })
      )
  )

  it.live.each(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA"])(
    "%s: nothing was sent, so no answer was lost, and all tries are made",
    (code) => {
      let asked = 0
      return on(
        () => {
          asked++
          return unresolved(code)
        },
        (broker) =>
          Effect.gen(function* () {
            const grant = yield* grantFor("merchant-1")
            const { reason } = yield* Effect.flip(broker.acquire(grant))
            assert.strictEqual(reason._tag === "Unavailable" && reason.problem, "connection")
            assert.strictEqual((yield* broker.explain(grant)).answersLost, 0)
            assert.strictEqual(asked, 4)
          })
      )
    }
  )

  it.live(
    "a token that is held is served meanwhile; the call itself fails, without its headers",
    () => {
      const nuapay = upstream(minting)
      let resolves = true
      return on(
        (input, init) => (resolves ? nuapay.fetch(input, init) : unresolved("EAI_AGAIN")),
        (broker) =>
          Effect.gen(function* () {
            const source = yield* broker.source(yield* grantFor("merchant-1"))
            yield* source.token()
            resolves = false
            assert.strictEqual((yield* source.token()).organisation, "merchant-1")
            const client = yield* MerchantClient.make(source)
            const error = yield* Effect.flip(client.get("/mandates"))
            assert.strictEqual(error.code, "unavailable")
            assertClean(error)
          })
      )
    }
  )
})
