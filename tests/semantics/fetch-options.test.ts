import { assert, describe, it } from "@effect/vitest"
import * as MerchantClient from "@onbehalf/core/MerchantClient"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { layerOf, minting, upstream } from "../../packages/core/test/support/upstream.ts"
import { grantFor } from "../support/broker.ts"

/** Fetches a token and calls with it; answers with the options that each `fetch` was given. */
const optionsOf = (own: Layer.Layer<never> | Layer.Layer<FetchHttpClient.RequestInit>) => {
  const given: Array<RequestInit | undefined> = []
  const nuapay = upstream((asked, count) =>
    asked.path.endsWith("/tokens") ? minting(asked, count) : new Response("")
  )
  const layer = TokenBroker.layer().pipe(
    Layer.provideMerge(
      Layer.merge(
        MemoryStore.layer(),
        layerOf((input, init) => {
          given.push(init)
          return nuapay.fetch(input, init)
        })
      )
    ),
    Layer.provideMerge(own)
  )
  return Effect.gen(function* () {
    const broker = yield* TokenBroker.TokenBroker
    const source = yield* broker.source(yield* grantFor("merchant-1"))
    yield* (yield* MerchantClient.make(source)).get("/mandates")
    return given
  }).pipe(Effect.provide(layer))
}

describe("invariant 7, T7: the options of a fetch", () => {
  it.effect.each([
    ["none of the user's", Layer.empty],
    [
      "the user's own",
      Layer.succeed(FetchHttpClient.RequestInit, {
        redirect: "follow",
        credentials: "include",
        cache: "no-store",
        headers: { authorization: "Basic stolen", "x-own": "kept" }
      })
    ]
  ] as const)("%s: redirects and cookies are off, the rest is kept", ([, own]) =>
    Effect.gen(function* () {
      const given = yield* optionsOf(own)
      assert.strictEqual(given.length, 2)
      for (const init of given) {
        assert.strictEqual(init?.redirect, "manual")
        assert.strictEqual(init?.credentials, "omit")
        assert.notInclude(JSON.stringify(init?.headers), "stolen")
        assert.strictEqual(init?.cache, own === Layer.empty ? undefined : "no-store")
        assert.strictEqual(
          new Headers(init?.headers).get("x-own"),
          own === Layer.empty ? null : "kept"
        )
      }
    })
  )
})
