import { assert, describe, it } from "@effect/vitest"
import { createTokenBroker, type GrantHandle } from "@onbehalf/core"
import * as MerchantClient from "@onbehalf/core/MerchantClient"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import {
  apiKey,
  type Answers,
  layerOf,
  minting,
  tokenAnswer,
  upstream
} from "../../packages/core/test/support/upstream.ts"
import { grantFor } from "../support/broker.ts"
import { rejection } from "../support/rejection.ts"

const isTokenCall = (path: string) => path.endsWith("/tokens")

/** Mints on token calls; merchant calls are answered as told. */
const merchantCalls =
  (answers: Answers): Answers =>
  (asked, count) =>
    isTokenCall(asked.path) ? minting(asked, count) : answers(asked, count)

const handleOn = async (
  answers: Answers,
  use: (handle: GrantHandle, asked: ReturnType<typeof upstream>["asked"]) => Promise<void>
) => {
  const nuapay = upstream(answers)
  await using broker = await createTokenBroker({
    apiKey,
    environment: "sandbox",
    store: MemoryStore.memoryStore(),
    fetch: nuapay.fetch
  })
  await use(await broker.forOrganisation("merchant-1", { scopes: ["admin"] }), nuapay.asked)
}

/** What a request that arrives may carry besides, and a handler may hand on with all the rest. */
const ofTheConnection = {
  expect: "100-continue",
  "keep-alive": "timeout=5",
  "proxy-connection": "keep-alive",
  te: "trailers",
  trailer: "x-secret",
  "transfer-encoding": "chunked",
  upgrade: "h2c"
}

describe("fetch for one merchant", () => {
  it("sends the merchant's token to Nuapay's origin, and the caller's own headers but for those of its user", () =>
    handleOn(
      merchantCalls(() => Response.json({ data: [] })),
      async (handle, asked) => {
        const answer = await handle.fetch("/tpp/payments?status=a%20b", {
          method: "post",
          body: JSON.stringify({ amount: 1 }),
          headers: {
            "content-type": "application/json",
            "idempotency-key": "k1",
            authorization: "Basic stolen",
            cookie: "session=secret",
            "proxy-authorization": "Basic secret",
            connection: "keep-alive",
            ...ofTheConnection
          }
        })
        assert.strictEqual(answer.status, 200)
        const call = asked.at(-1)
        const own = ["cookie", "proxy-authorization", "connection", ...Object.keys(ofTheConnection)]
        for (const name of own) {
          assert.isFalse(call?.headers.has(name), name)
        }
        assert.strictEqual(call?.method, "POST")
        assert.strictEqual(call?.url, "https://sandbox.nuapay.com/tpp/payments?status=a%20b")
        assert.deepStrictEqual(call?.body, { amount: 1 })
        assert.strictEqual(call?.headers.get("authorization"), "Bearer canary-token-text-1")
        assert.strictEqual(call?.headers.get("idempotency-key"), "k1")
        assert.strictEqual(call?.headers.get("content-type"), "application/json")
      }
    ))

  it.each([
    "https://evil.example/",
    "//evil.example/",
    "mandates",
    "",
    "/a/../../tokens",
    "/..",
    "/%2e%2E/tokens",
    "/.",
    "/a\\b",
    "/a b",
    "/a\nb",
    "@evil.example/"
  ])("T6, T8: the path %j is refused before anything is sent", (path) =>
    handleOn(
      merchantCalls(() => new Response("")),
      async (handle, asked) => {
        assert.strictEqual((await rejection(handle.fetch(path))).code, "invalid_request")
        assert.strictEqual(asked.length, 0)
      }
    )
  )

  const unsendable: ReadonlyArray<RequestInit> = [
    ...["TRACE", "connect", "Track", "A B", "", "GÉT", "A\nB"].map((method) => ({ method })),
    ...[{ method: "GET" }, { method: "head" }, {}].flatMap((init) => [
      { ...init, body: "{}" },
      { ...init, body: new Uint8Array(1) },
      { ...init, body: new Blob(["{}"]).stream() }
    ])
  ]

  it.each(unsendable)("what no platform sends is refused before anything is sent: %j", (init) =>
    handleOn(
      merchantCalls(() => new Response("")),
      async (handle, asked) => {
        assert.strictEqual(
          (await rejection(handle.fetch("/mandates", init))).code,
          "invalid_request"
        )
        assert.strictEqual(asked.length, 0)
      }
    )
  )

  it.each(["PATCH", "options", "PURGE"])("the method %s is sent", (method) =>
    handleOn(
      merchantCalls(() => new Response("")),
      async (handle, asked) => {
        await handle.fetch("/mandates", { method })
        assert.strictEqual(asked[1]?.method, method.toUpperCase())
      }
    )
  )

  it("a refused token is replaced and the call tried once more", () =>
    handleOn(
      merchantCalls((asked) =>
        asked.headers.get("authorization") === "Bearer canary-token-text-1"
          ? new Response("", { status: 401 })
          : Response.json({ data: "ok" })
      ),
      async (handle, asked) => {
        const answer = await handle.fetch("/mandates", { method: "POST", body: '{"a":1}' })
        assert.strictEqual(answer.status, 200)
        assert.deepStrictEqual(
          asked.map((one) => one.path),
          [
            "/organisations/merchant-1/tokens",
            "/mandates",
            "/organisations/merchant-1/tokens",
            "/mandates"
          ]
        )
        assert.deepStrictEqual(asked[3]?.body, { a: 1 })
      }
    ))

  it("a second refusal is the answer", () =>
    handleOn(
      merchantCalls(() => new Response("no", { status: 401 })),
      async (handle, asked) => {
        const answer = await handle.fetch("/mandates")
        assert.strictEqual(answer.status, 401)
        assert.strictEqual(await answer.text(), "no")
        assert.strictEqual(asked.length, 4)
      }
    ))

  it("a streaming body is not sent again, but its token is forgotten", () =>
    handleOn(
      merchantCalls(() => new Response("", { status: 401 })),
      async (handle, asked) => {
        const body = new Blob(["{}"]).stream()
        const answer = await handle.fetch("/mandates", { method: "POST", body })
        assert.strictEqual(answer.status, 401)
        assert.strictEqual(asked.length, 2)
        assert.strictEqual(handle.peek(), undefined)
      }
    ))

  it("bytes, forms and text are sent as they are", () =>
    handleOn(
      merchantCalls(() => new Response("")),
      async (handle, asked) => {
        const bytes = new TextEncoder().encode('{"b":2}')
        await handle.fetch("/a", { method: "POST", body: bytes })
        await handle.fetch("/a", { method: "POST", body: bytes.buffer })
        assert.deepStrictEqual(
          asked.slice(1).map((one) => one.body),
          [{ b: 2 }, { b: 2 }]
        )
      }
    ))

  it.each([301, 302, 303, 307, 308])(
    "T7: a redirect %i is an error and is not followed",
    (status) =>
      handleOn(
        merchantCalls(
          () => new Response("", { status, headers: { location: "https://evil.example/" } })
        ),
        async (handle, asked) => {
          assert.strictEqual((await rejection(handle.fetch("/mandates"))).code, "unsupported")
          assert.strictEqual(asked.length, 2)
        }
      )
  )

  it.each([400, 404, 409, 422, 500, 503])("status %i is an answer, not an error", (status) =>
    handleOn(
      merchantCalls(() => Response.json({ returnCode: "9999" }, { status })),
      async (handle) => {
        const answer = await handle.fetch("/mandates")
        assert.strictEqual(answer.status, status)
        assert.deepStrictEqual(await answer.json(), { returnCode: "9999" })
      }
    )
  )

  it("no connection is Unavailable", () =>
    handleOn(
      merchantCalls(() => Promise.reject(new TypeError("fetch failed"))),
      async (handle) => {
        const error = await rejection(handle.fetch("/mandates"))
        assert.strictEqual(error.code, "unavailable")
        assert.strictEqual(error.organisation, "merchant-1")
      }
    ))

  it("an aborted call rejects with the signal's reason and goes nowhere", () =>
    handleOn(
      merchantCalls(() => new Promise(() => undefined)),
      async (handle, asked) => {
        const controller = new AbortController()
        await handle.token()
        const call = handle.fetch("/mandates", { signal: controller.signal })
        const reason = new Error("the client went away")
        while (asked.length < 2) await new Promise((resolve) => setImmediate(resolve))
        controller.abort(reason)
        const outcome = await call.catch((error: unknown) => error)
        assert.strictEqual(outcome, reason)
        const later = await handle
          .fetch("/mandates", { signal: controller.signal })
          .catch((error: unknown) => error)
        assert.strictEqual(later, reason)
        assert.strictEqual(asked.length, 2)
      }
    ))
})

describe("MerchantClient", () => {
  const withClient = <A, E>(
    answers: Answers,
    use: (
      client: MerchantClient.MerchantClient,
      asked: ReturnType<typeof upstream>["asked"]
    ) => Effect.Effect<A, E>,
    options?: MerchantClient.MerchantClientOptions
  ) => {
    const nuapay = upstream(answers)
    return TokenBroker.TokenBroker.use((broker) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1"))
        return yield* use(yield* MerchantClient.make(source, options), nuapay.asked)
      })
    ).pipe(
      Effect.provide(
        TokenBroker.layer().pipe(
          Layer.provideMerge(Layer.merge(MemoryStore.layer(), layerOf(nuapay.fetch)))
        )
      )
    )
  }

  it.effect("is an HttpClient: methods, parameters, schemas", () =>
    withClient(
      merchantCalls(() => Response.json({ data: ["mandate"] })),
      (client, asked) =>
        Effect.gen(function* () {
          const answer = yield* client.get("/mandates", { urlParams: { page: 2 } })
          assert.deepStrictEqual(yield* answer.json, { data: ["mandate"] })
          assert.strictEqual(asked.at(-1)?.url, "https://sandbox.nuapay.com/mandates?page=2")
        })
    )
  )

  it.effect("the Basic form on request", () =>
    withClient(
      merchantCalls(() => new Response("")),
      (client, asked) =>
        Effect.map(client.get("/mandates"), () =>
          assert.strictEqual(
            asked.at(-1)?.headers.get("authorization"),
            `Basic ${btoa("canary-token-text-1:")}`
          )
        ),
      { form: "basic" }
    )
  )

  it.effect("an Effect stream is not sent again", () =>
    withClient(
      merchantCalls(() => new Response("", { status: 401 })),
      (client, asked) =>
        Effect.gen(function* () {
          const request = HttpClientRequest.post("/a").pipe(
            HttpClientRequest.bodyStream(Stream.make(new TextEncoder().encode("{}")))
          )
          assert.strictEqual((yield* client.execute(request)).status, 401)
          assert.strictEqual(asked.length, 2)
        })
    )
  )
})

describe("an application token", () => {
  it("a 401 is the answer: the resource may be the wrong one", async () => {
    const nuapay = upstream((asked) =>
      isTokenCall(asked.path)
        ? tokenAnswer({ resourceId: "r1" })
        : new Response("", { status: 401 })
    )
    await using broker = await createTokenBroker({
      apiKey,
      environment: "sandbox",
      store: MemoryStore.memoryStore(),
      fetch: nuapay.fetch
    })
    const handle = await broker.forApplication({
      organisationId: "merchant-1",
      products: ["emandates"],
      resourceId: "r1"
    })
    assert.strictEqual((await handle.fetch("/mandates/r1")).status, 401)
    assert.strictEqual(nuapay.asked.length, 2)
  })
})
