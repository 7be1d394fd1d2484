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
    return given.map((init) => ({ ...init, headers: new Headers(init?.headers) }))
  }).pipe(Effect.provide(layer))
}

describe("invariant 7: what goes out with a request", () => {
  it.effect("T7: no redirects, no cookies, whatever else the user has set for fetch", () =>
    Effect.gen(function* () {
      const given = yield* optionsOf(
        Layer.succeed(FetchHttpClient.RequestInit, {
          redirect: "follow",
          credentials: "include",
          cache: "no-store",
          headers: { authorization: "Basic stolen", "x-own": "kept" }
        })
      )
      assert.strictEqual(given.length, 2)
      for (const { cache, credentials, headers, redirect } of given) {
        assert.deepStrictEqual(
          { redirect, credentials },
          { redirect: "manual", credentials: "omit" }
        )
        assert.notInclude(headers.get("authorization"), "stolen")
        assert.strictEqual(cache, "no-store")
        assert.strictEqual(headers.get("x-own"), "kept")
      }
    })
  )

  it.effect(
    "T12: in the middle of a trace, too, no header that a third party could follow it by",
    () =>
      Effect.gen(function* () {
        const given = yield* optionsOf(Layer.empty).pipe(Effect.withSpan("a request of the app's"))
        assert.strictEqual(given.length, 2)
        for (const { credentials, headers, redirect } of given) {
          assert.deepStrictEqual(
            { redirect, credentials },
            { redirect: "manual", credentials: "omit" }
          )
          const names = [...headers.keys()].filter((name) => name !== "content-type")
          assert.includeMembers(["accept", "accept-encoding", "authorization"], names)
        }
      })
  )
})
