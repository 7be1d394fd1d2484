import { assert, describe, it } from "@effect/vitest"
import { createTokenBroker } from "@onbehalf/core"
import * as MerchantClient from "@onbehalf/core/MerchantClient"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import { apiKey, layerOf } from "../../packages/core/test/support/upstream.ts"
import { grantFor } from "../support/broker.ts"
import { everyForm } from "../support/canary.ts"
import {
  answer,
  isTokenCall,
  mintingOr,
  tokenAnswer,
  tokenBody
} from "../support/hostileAnswers.ts"
import { promiseBrokerOn, rejection, secrets } from "../support/hostileClient.ts"
import { type Arrived, type Handle, headerOf, hostileSocket } from "../support/hostileSocket.ts"

const assertClean = (value: unknown, where: string): void => {
  const text = everyForm(value)
  for (const secret of secrets) assert.notInclude(text, secret, where)
}

/** The credentials of a request, put wherever an answer has room for them. */
const quoting =
  (status: number): Handle =>
  (socket, request) => {
    const sent = headerOf(request.headers, "authorization") ?? ""
    const details = [{ code: sent, field: apiKey, description: `${apiKey} in ${sent}` }]
    const body = JSON.stringify({
      returnCode: apiKey,
      returnDescription: sent,
      details,
      [sent]: sent
    })
    const headers = { location: `http://127.0.0.1:1/${apiKey}?${sent}`, "x-echo": sent, etag: sent }
    socket.write(answer(status, body, headers).toString().replace(" -\r\n", ` ${sent}\r\n`))
  }

/** A token that is right but for one thing. */
const wrongToken =
  (fields: (request: Arrived) => Record<string, unknown>): Handle =>
  (socket, request, count) =>
    socket.write(answer(201, tokenBody(request, count, fields(request))))

const text = "canary-token-text"

const failing: ReadonlyArray<readonly [string, Handle]> = [
  ...[200, 204, 302, 307, 400, 401, 403, 404, 405, 408, 422, 429, 500, 503].map(
    (status) => [`${status} that quotes what was sent`, quoting(status)] as const
  ),
  ["a token with a line break", wrongToken(() => ({ accessToken: `${text}\r\nx: y` }))],
  ["a token with a byte that no header has", wrongToken(() => ({ accessToken: `${text}\u0000` }))],
  ["a token beyond latin1", wrongToken(() => ({ accessToken: `${text}\u20ac` }))],
  ["a token of 17 KiB", wrongToken(() => ({ accessToken: text.repeat(1_024) }))],
  ["a token for another", wrongToken(() => ({ requestedOrganisation: text }))],
  ["a token text for an id", wrongToken(() => ({ id: `${text}.${text}` }))],
  ["a token text for a scope", wrongToken(() => ({ scopes: [text] }))],
  ["a token that is dead", wrongToken(() => ({ expiryTime: 1_800_000_000_000 }))],
  ["JSON that is cut", (socket) => socket.write(answer(201, `{"data":{"accessToken":"${text}`))],
  ["a reset", (socket) => socket.resetAndDestroy()],
  ["a cut", (socket) => socket.end(`HTTP/1.1 201 -\r\ncontent-length: 999\r\n\r\n${text}`)],
  ["a head that is none", (socket) => socket.end(`HTTP/1.1 ${text}\r\n${text}\r\n\r\n`)],
  ["a header that is none", (socket) => socket.end(`HTTP/1.1 201 -\r\n${text}\u0000: x\r\n\r\n`)],
  ["too much", (socket) => socket.write(answer(201, text.repeat(20_000)))],
  ["a coding", (socket) => socket.write(answer(201, text, { "content-encoding": "gzip" }))]
]

/** Everything that a program tells its operators: logs of every level, spans, metrics. */
const watched = () => {
  const logs: Array<unknown> = []
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const layer = Layer.mergeAll(
    Logger.layer([
      Logger.make((entry) => {
        logs.push(entry, Logger.formatJson.log(entry), Logger.formatLogFmt.log(entry))
      })
    ]),
    Layer.succeed(References.MinimumLogLevel, "All"),
    Layer.succeed(Tracer.Tracer, tracer)
  )
  return { logs, spans, layer }
}

const layerOn = (url: string, watching: ReturnType<typeof watched>["layer"]) =>
  TokenBroker.layer({ retryPolicy: { retries: 1, base: 1, maximumRetryAfter: 0 } }).pipe(
    Layer.provideMerge(
      Layer.merge(MemoryStore.layer(), layerOf(globalThis.fetch, { baseUrl: url }))
    ),
    Layer.provideMerge(watching)
  )

const levels = [
  Effect.logFatal,
  Effect.logError,
  Effect.logWarning,
  Effect.logInfo,
  Effect.logDebug,
  Effect.logTrace
]

/** Runs it with a span around it, logs what came of it at every level, and looks at everything. */
const assertNothingTold = <E, R>(
  url: string,
  where: string,
  use: Effect.Effect<ReadonlyArray<unknown>, E, R>
) => {
  const { layer, logs, spans } = watched()
  return Effect.gen(function* () {
    const told = yield* use
    for (const log of levels) yield* log(where, ...told)
    for (const one of told) {
      assertClean(one, where)
      if (Cause.isCause(one)) assertClean(Cause.pretty(one), where)
      if (Cause.isCause(one)) assertClean(Cause.squash(one), where)
    }
    assertClean(yield* Metric.snapshot, `${where}: metrics`)
  }).pipe(
    Effect.withSpan("caller"),
    Effect.provide(layerOn(url, layer)),
    Effect.andThen(
      Effect.sync(() => {
        assert.strictEqual(logs.length, 3 * levels.length)
        assert.isAbove(spans.length, 0)
        assertClean(logs, `${where}: logs`)
        assertClean(spans, `${where}: spans`)
      })
    )
  )
}

const causeOf = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<unknown, never, R> =>
  Effect.matchCause(effect, { onFailure: (cause): unknown => cause, onSuccess: (value) => value })

describe("T10, T11, T12: what is told of a failure, over real sockets", () => {
  it.live.each(failing)("a token request and %s", ([where, handle]) =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(handle)
      yield* assertNothingTold(
        server.url,
        where,
        TokenBroker.TokenBroker.use((broker) =>
          Effect.gen(function* () {
            const grant = yield* grantFor("merchant-1")
            const cause = yield* causeOf(broker.acquire(grant))
            assert.isTrue(Cause.isCause(cause))
            const revoked = yield* causeOf(broker.revokeOrganisation("merchant-1"))
            return [cause, revoked, yield* broker.explain(grant), broker]
          })
        )
      )
      const broker = yield* promiseBrokerOn(server.url)
      assertClean(
        yield* rejection(async () => {
          const handle = await broker.forOrganisation("merchant-1", { scopes: ["admin"] })
          return handle.token()
        }),
        where
      )
    })
  )

  it.live.each(failing)("a merchant call and %s", ([where, handle]) =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(mintingOr(handle))
      yield* assertNothingTold(
        server.url,
        where,
        TokenBroker.TokenBroker.use((broker) =>
          Effect.gen(function* () {
            const source = yield* broker.source(yield* grantFor("merchant-1"))
            const client = yield* MerchantClient.make(source)
            const outcome = yield* causeOf(client.get("/mandates"))
            // What the merchant's answer says is the caller's; how it came is nobody's.
            return Cause.isCause(outcome) ? [outcome, client, source] : [client, source]
          })
        )
      )
    })
  )

  it.live("T12: when all goes well, too: tokens, calls, renewals and revocations", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) => {
        if (isTokenCall(request)) return socket.write(tokenAnswer(request, count))
        const data = { id: "token-1", status: "REVOKED", accessToken: `${text}-1` }
        return socket.write(
          answer(200, request.line.includes("revoke") ? JSON.stringify({ data }) : "{}")
        )
      })
      yield* assertNothingTold(
        server.url,
        "success",
        TokenBroker.TokenBroker.use((broker) =>
          Effect.gen(function* () {
            const grant = yield* grantFor("merchant-1")
            const source = yield* broker.source(grant)
            const token = yield* source.token()
            const client = yield* MerchantClient.make(source)
            const got = yield* client.get("/mandates")
            const revoked = yield* broker.revoke(token)
            const renewed = yield* broker.renew(grant)
            const all = yield* broker.revokeOrganisation("merchant-1")
            return [
              token,
              source,
              client,
              got,
              revoked,
              renewed,
              all,
              yield* broker.entries,
              broker
            ]
          })
        )
      )
      assert.isAtLeast(server.seen.length, 5)
    })
  )
})

describe("T10: a platform's own words", () => {
  it.live("the headers of a call are checked before a platform can quote them", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(mintingOr((socket) => socket.write(answer(200))))
      const broker = yield* promiseBrokerOn(server.url)
      const handle = yield* Effect.promise(() =>
        broker.forOrganisation("merchant-1", { scopes: ["admin"] })
      )
      const headers: ReadonlyArray<Record<string, string>> = [
        { authorization: `Bearer ${text}\r\nx: y` },
        { "x-api-key": `${apiKey}\u0000` },
        { [`${apiKey} `]: "x" }
      ]
      for (const wrong of headers) {
        const error = yield* rejection(() => handle.fetch("/mandates", { headers: wrong }))
        assertClean(error, Object.keys(wrong).join())
      }
    })
  )

  it.live("a key that cannot stand in a header is not quoted by whoever refuses it", () =>
    Effect.gen(function* () {
      for (const wrong of [`${apiKey}\r\n`, `${apiKey}\u20ac`, `${apiKey}:x`, `${apiKey} `]) {
        for (const key of [wrong, () => wrong, async () => wrong]) {
          const options = { environment: "sandbox", store: MemoryStore.memoryStore() } as const
          const error = yield* rejection(() => createTokenBroker({ ...options, apiKey: key }))
          assertClean(error, JSON.stringify(wrong))
        }
      }
    })
  )
})
