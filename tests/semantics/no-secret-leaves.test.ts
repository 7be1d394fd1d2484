import { assert, describe, it } from "@effect/vitest"
import { AccessToken, createTokenBroker, TokenId } from "@onbehalf/core"
import * as MerchantClient from "@onbehalf/core/MerchantClient"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import {
  apiKey,
  type Answers,
  layerOf,
  minting,
  tokenData,
  upstream
} from "../../packages/core/test/support/upstream.ts"
import { everyForm } from "../support/canary.ts"
import { grantFor } from "../support/broker.ts"

/** The key and the tokens, plain and as they stand in a header. */
const secrets = [apiKey, btoa(`${apiKey}:`), "canary-token-text"]

const assertClean = (value: unknown, where: string): void => {
  const text = everyForm(value)
  for (const secret of secrets) assert.notInclude(text, secret, where)
}

/** An upstream that quotes the credentials back in every place it can. */
const quoting =
  (status: number): Answers =>
  (asked) =>
    new Response(
      JSON.stringify({
        returnCode: `8888 ${apiKey}`,
        returnDescription: asked.headers.get("authorization"),
        details: [
          { code: apiKey, field: apiKey, description: asked.headers.get("authorization") },
          { description: `the key ${apiKey} is wrong` }
        ],
        [apiKey]: apiKey
      }),
      { status, headers: { location: `https://evil.example/${apiKey}`, "x-echo": apiKey } }
    )

const failing: ReadonlyArray<readonly [string, Answers]> = [
  ...[302, 400, 401, 403, 404, 405, 422, 429, 500].map(
    (status) => [`status ${status}`, quoting(status)] as const
  ),
  ["a thrown error", () => Promise.reject(new Error(`failed with ${apiKey}`))],
  [
    "a body that is not the promised one",
    () => Response.json({ data: { accessToken: "canary-token-text", id: 7 } }, { status: 201 })
  ],
  [
    "a token that cannot stand in a header",
    () =>
      Response.json(
        { data: tokenData({ accessToken: "canary-token-text\r\nx: y" }) },
        { status: 201 }
      )
  ],
  [
    "a token for another",
    () => Response.json({ data: tokenData({ requestedOrganisation: "m9" }) }, { status: 201 })
  ]
]

describe("invariant 7: no secret leaves", () => {
  it("the walker finds what an error object of the platform would give away", () => {
    const leaking = Object.assign(new Error("x"), { reason: { headers: new Map([["a", apiKey]]) } })
    assert.throws(() => assertClean(leaking, "leaking"))
  })

  it.live.each(failing)("T10, T11: not in any form of the error after %s", ([where, answers]) => {
    const logs: Array<unknown> = []
    const spans: Array<Tracer.Span> = []
    const capture = Layer.mergeAll(
      Logger.layer([Logger.make((entry) => logs.push(entry))]),
      Layer.succeed(References.MinimumLogLevel, "All"),
      Layer.succeed(
        Tracer.Tracer,
        Tracer.make({
          span: (options) => {
            const span = new Tracer.NativeSpan(options)
            spans.push(span)
            return span
          }
        })
      )
    )
    return TokenBroker.TokenBroker.use((broker) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1"))
        const exit = yield* Effect.exit(source.token())
        assert.strictEqual(exit._tag, "Failure")
        const client = yield* MerchantClient.make(source)
        const call = yield* Effect.exit(client.get("/mandates"))
        for (const one of [exit, call]) {
          assertClean(one, where)
          if (one._tag === "Failure") {
            assertClean(Cause.squash(one.cause), where)
            assertClean(Cause.pretty(one.cause), where)
            yield* Effect.logError("it failed", one.cause)
          }
        }
        yield* Effect.logInfo("as it is", broker, source, client)
        assertClean(logs, `${where}: logs`)
        assertClean(spans, `${where}: spans`)
        assert.isAbove(logs.length, 0)
      }).pipe(Effect.withSpan("caller"))
    ).pipe(
      Effect.provide(
        TokenBroker.layer({ retryPolicy: { retries: 1, base: 1 } }).pipe(
          Layer.provideMerge(Layer.merge(MemoryStore.layer(), layerOf(upstream(answers).fetch))),
          Layer.provideMerge(capture)
        )
      )
    )
  })

  it("not in a token, a handle, a broker or an entry, and not in the answer of a merchant call", async () => {
    const nuapay = upstream((asked, count) =>
      asked.path === "/mandates" ? Response.json({ data: [] }) : minting(asked, count)
    )
    const broker = await createTokenBroker({
      apiKey,
      environment: "sandbox",
      store: MemoryStore.memoryStore(),
      fetch: nuapay.fetch
    })
    const handle = await broker.forOrganisation("merchant-1", { scopes: ["admin"] })
    const token = await handle.token()
    assert.strictEqual(token.reveal(), "canary-token-text-1")
    const answer = await handle.fetch("/mandates")
    for (const value of [token, handle, broker, await broker.entries(), answer, answer.headers]) {
      assertClean(value, "value")
    }
    await broker.close()
  })

  it.live("not in the answer or the error that an Effect user of a merchant client gets", () =>
    TokenBroker.TokenBroker.use((broker) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1"))
        const client = yield* MerchantClient.make(source)
        const answer = yield* client.get("/mandates")
        assertClean(answer, "answer")
        assertClean(yield* Effect.exit(answer.json), "error of the body")
      })
    ).pipe(
      Effect.provide(
        TokenBroker.layer().pipe(
          Layer.provideMerge(
            Layer.merge(
              MemoryStore.layer(),
              layerOf(
                upstream((asked, count) =>
                  asked.path === "/mandates" ? new Response("not json") : minting(asked, count)
                ).fetch
              )
            )
          )
        )
      )
    )
  )

  it("a token shows its text only when it is asked for it", () => {
    const token = new AccessToken({
      id: TokenId.make("t1"),
      organisation: "m1",
      scopes: ["admin"],
      resourceId: undefined,
      value: Redacted.make("canary-token-text", { label: "token" })
    })
    assertClean(token, "token")
    assert.strictEqual(token.authorization(), "Bearer canary-token-text")
    assert.strictEqual(token.basicAuthorization(), `Basic ${btoa("canary-token-text:")}`)
  })
})
