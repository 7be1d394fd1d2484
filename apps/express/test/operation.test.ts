import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import { TokenErrors } from "@onbehalf/core"
import { TokenStore } from "@onbehalf/core/TokenStore"
import { errorHandler, onBehalf, OnBehalfError, type OnBehalfOptions } from "@onbehalf/express"
import { type Span, SpanKind, type SpanOptions, trace, type Tracer } from "@opentelemetry/api"
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor
} from "@opentelemetry/sdk-trace-base"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { failingStore } from "./support/failingStore.ts"
import { expresses, makeWorld, mandatesApp } from "./support/world.ts"

const world = makeWorld()

const organisations = { operation: "listOrganisations" }

describe.each(expresses)("operation, %s", (_version, create) => {
  const serve = async (options: Partial<OnBehalfOptions> = {}) => {
    const nuapay = onBehalf(world.options(options))
    const app = create()
    app.set("env", "test")
    app.get("/health", nuapay.health)
    app.get("/metrics", nuapay.metrics)
    app.use(nuapay)
    app.get("/token", (request, response, next) => {
      request.onBehalf
        .token()
        .then(({ id }) => response.send(id))
        .catch(next)
    })
    app.use(errorHandler)
    return { nuapay, ...(await world.serve(app, nuapay)) }
  }

  describe("health", () => {
    it("ready once the key was accepted and the store answers", async () => {
      const { get } = await serve()
      const { headers, json, status } = await get("/health")
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(json, { status: "up", apiKey: "accepted", store: "answers" })
      assert.strictEqual(headers.get("cache-control"), "no-store")
    })

    it.each([
      [401, "refused"],
      [503, "unknown"]
    ])("not ready where Nuapay answers the first time with %i", async (status, apiKey) => {
      const { get } = await serve()
      world.simulator.addFault({ kind: "status", status, match: organisations })
      const answer = await get("/health")
      assert.strictEqual(answer.status, 503)
      assert.deepStrictEqual(answer.json, { status: "down", apiKey, store: "answers" })
    })

    it.each([
      ["bypass", 200, "degraded"],
      ["fail", 503, "down"]
    ] as const)("the store fails, policy %s: %i", async (storePolicy, status, said) => {
      const { get } = await serve({ store: failingStore, storePolicy })
      const answer = await get("/health")
      assert.deepStrictEqual([answer.status, answer.json.status], [status, said])
    })

    it("down where the broker has not started in time: its store still connects", async () => {
      const layer = Layer.effect(TokenStore, Effect.never)
      const nuapay = onBehalf(world.options({ store: { layer } }))
      const app = create()
      app.get("/health", nuapay.health)
      const { json, status } = await (await world.serve(app)).get("/health")
      assert.deepStrictEqual([status, json.status], [503, "down"])
    })

    it("down where a setting is wrong, and while it closes", async () => {
      const wrong = await serve({ environment: "prod" })
      assert.strictEqual((await wrong.get("/health")).status, 503)
      const { get, nuapay } = await serve()
      assert.strictEqual((await get("/health")).status, 200)
      await nuapay.close()
      assert.deepStrictEqual((await get("/health")).json.status, "down")
    })
  })

  describe("metrics", () => {
    it("tell requests, waits and errors, the broker's among them; never a merchant", async () => {
      const { get } = await serve()
      await get("/token", world.merchant())
      await get("/token", world.merchant())
      await get("/token")
      await get("/token", "nobody")
      const { headers, text } = await get("/metrics")
      assert.strictEqual(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8")
      for (const line of [
        'onbehalf_express_requests_total{name="onBehalf"} 3',
        'onbehalf_express_errors_total{name="onBehalf",code="no_merchant"} 1',
        'onbehalf_express_errors_total{name="onBehalf",code="merchant_unknown"} 1',
        'onbehalf_express_wait_seconds_count{name="onBehalf"} 2',
        'onbehalf_express_waiting{name="onBehalf"} 0',
        'onbehalf_broker_events{event="Acquired"} '
      ]) {
        assert.include(text, line)
      }
      assert.notInclude(text, world.merchant())
      assert.notInclude(text, "nobody")
      assert.match(text, /^(?:(?:# (?:HELP|TYPE) .+|[a-z_]+(?:\{[^}]*\})? [\d.+-eE]+)\n)+$/)
    })
  })

  it("metrics are onbehalf's: what the app itself measures with Effect is not among them", async () => {
    Metric.counter("of_the_app", { attributes: { user: "canary" } }).updateUnsafe(
      1,
      Context.empty()
    )
    const { get } = await serve()
    await get("/token", world.merchant())
    const { text } = await get("/metrics")
    assert.include(text, "onbehalf_broker_events")
    assert.notInclude(text, "of_the_app")
  })

  it("a request is counted once, however often it passes", async () => {
    const nuapay = onBehalf(world.options())
    const app = create()
    app.get("/metrics", nuapay.metrics)
    app.use(nuapay, nuapay)
    app.use("/nuapay", nuapay.proxy({ methods: ["GET"], paths: ["/mandates"] }))
    app.use((request, response) => response.send(request.onBehalf.organisationId))
    const { get } = await world.serve(app, nuapay)
    await get("/", world.merchant())
    await get("/nuapay/mandates", world.merchant())
    const line = 'onbehalf_express_requests_total{name="onBehalf"} 2\n'
    assert.include((await get("/metrics")).text, line)
  })

  it("a failure is counted once, however often it is told", async () => {
    const { get } = await serve({ eager: true })
    await get("/token", "nobody")
    const line = 'onbehalf_express_errors_total{name="onBehalf",code="merchant_unknown"} 1\n'
    assert.include((await get("/metrics")).text, line)
  })

  it.each([
    ["upstream_failed", { kind: "html" }],
    ["deadline_exceeded", { kind: "slowBody", chunkBytes: 1, everyMs: 400 }]
  ] as const)("so is one that shows while the answer is read: %s", async (code, fault) => {
    const { app, nuapay } = mandatesApp(create, world.options({ requestDeadline: 1_000 }))
    app.get("/metrics", nuapay.metrics)
    const { get } = await world.serve(app, nuapay)
    world.simulator.addFault({ ...fault, match: { operation: "listMandates" } })
    assert.strictEqual((await get("/mandates", world.merchant())).json.code, code)
    const line = `onbehalf_express_errors_total{name="onBehalf",code="${code}"} 1\n`
    assert.include((await get("/metrics", world.merchant())).text, line)
  })

  describe("spans", () => {
    afterEach(() => trace.disable())

    it("without a provider none is recorded, and none is set up", async () => {
      const made: Array<Span> = []
      const getTracer = trace.getTracer.bind(trace)
      const watched = vi.spyOn(trace, "getTracer").mockImplementation((...named) => {
        const tracer = getTracer(...named)
        return {
          startSpan: tracer.startSpan.bind(tracer),
          startActiveSpan: ((name: string, options: SpanOptions, work: (span: Span) => unknown) =>
            tracer.startActiveSpan<(span: Span) => unknown>(name, options, (span) => {
              made.push(span)
              return work(span)
            })) as Tracer["startActiveSpan"]
        }
      })
      const { get } = await serve()
      assert.strictEqual((await get("/token", world.merchant())).status, 200)
      watched.mockRestore()
      assert.deepStrictEqual(
        made.map((span) => span.isRecording()),
        [false]
      )
      assert.isFalse(trace.getTracer("of the app").startSpan("after").isRecording())
    })

    it("one for each wait where the app has a provider; no merchant, no path, no secret", async () => {
      const exporter = new InMemorySpanExporter()
      trace.setGlobalTracerProvider(
        new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
      )
      const { app, nuapay } = mandatesApp(create, world.options())
      const { get } = await world.serve(app, nuapay)
      await get("/token", world.merchant())
      await get("/token", world.merchant())
      await get("/mandates", world.merchant())
      await get("/token", "nobody")
      const spans = exporter.getFinishedSpans()
      assert.deepStrictEqual(
        spans.map(({ attributes, name, status }) => ({ name, attributes, code: status.code })),
        [
          { name: "onbehalf.token", attributes: {}, code: 0 },
          {
            name: "onbehalf.fetch",
            attributes: { "http.request.method": "GET", "http.response.status_code": 200 },
            code: 0
          },
          { name: "onbehalf.token", attributes: { "error.type": "organisation_unknown" }, code: 2 }
        ]
      )
      assert.isTrue(spans.every(({ kind }) => kind === SpanKind.CLIENT))
      const all = JSON.stringify(
        spans.map(({ attributes, events, resource, status }) => [
          attributes,
          events,
          resource,
          status
        ])
      )
      assert.notInclude(all, world.merchant())
    })
  })

  it("events are what the broker does, for a logger", async () => {
    const { get, nuapay } = await serve()
    const events = nuapay.events()[Symbol.asyncIterator]()
    const first = events.next()
    await nuapay.broker
    await get("/token", world.merchant())
    const { value } = await first
    assert.deepInclude(value, { _tag: "Acquired", organisation: world.merchant() })
    assert.notInclude(JSON.stringify(value), "eyJ")
    await events.return?.()
  })

  it("invariant 3: revoke ends every token of a merchant, here and at Nuapay", async () => {
    const { get, nuapay } = await serve()
    const { text: id } = await get("/token", world.merchant())
    const other = await get("/token", world.merchant(1))
    assert.deepInclude(await nuapay.revoke(world.merchant()), { outcome: "revoked", tokens: 1 })
    assert.notStrictEqual((await get("/token", world.merchant())).text, id)
    assert.strictEqual((await get("/token", world.merchant(1))).text, other.text)
    assert.strictEqual(world.simulator.counters["revokeTokensForOrganisation"], 1)
  })

  it("revoke refuses what is no id, before anything is sent", async () => {
    const { nuapay } = await serve()
    const refused: unknown = await nuapay.revoke("..").catch((error: unknown) => error)
    assert.instanceOf(refused, OnBehalfError)
    assert.strictEqual(refused.code, "invalid_request")
    assert.deepStrictEqual(world.simulator.counters, {})
  })

  it("invariant 3: revoke waits no longer than the deadline; the token is gone here by then", async () => {
    const { get, nuapay } = await serve({ requestDeadline: 300 })
    const { text: id } = await get("/token", world.merchant())
    world.simulator.addFault({ kind: "hang", match: { operation: "revokeTokensForOrganisation" } })
    const late: unknown = await nuapay.revoke(world.merchant()).catch((error: unknown) => error)
    assert.instanceOf(late, OnBehalfError)
    assert.strictEqual(late.code, "deadline_exceeded")
    world.simulator.clearFaults()
    assert.notStrictEqual((await get("/token", world.merchant())).text, id)
  })

  it("the longest minimumValidity that is accepted can be had", async () => {
    const { get } = await serve({ minimumValidity: 569_000 })
    assert.strictEqual((await get("/token", world.merchant())).status, 200)
  })
})

describe("options", () => {
  it.each([
    [{ organisation: undefined }, "organisation"],
    [{ organisation: "merchant-1" }, "organisation"],
    [{ scopes: undefined }, "scopes"],
    [{ scopes: [] }, "scopes"],
    [{ scopes: [undefined] }, "scopes"],
    [{ scopes: [""] }, "scopes"],
    [{ scopes: ["admin\n"] }, "scopes"],
    [{ scopes: Array.from({ length: 101 }, String) }, "scopes"],
    [{ expiresIn: 5 }, "expiresIn"],
    [{ expiresIn: "60" }, "expiresIn"],
    [{ expiresIn: 31_556_927 }, "expiresIn"],
    [{ allow: true }, "allow"],
    [{ name: "" }, "name"],
    [{ name: "a-b" }, "name"],
    [{ name: "route" }, "name"],
    [{ requestDeadline: 0 }, "requestDeadline"],
    [{ requestDeadline: Number.NaN }, "requestDeadline"],
    [{ requestDeadline: Number.POSITIVE_INFINITY }, "requestDeadline"],
    [{ requestDeadline: 2 ** 31 }, "requestDeadline"],
    [{ requestDeadline: "5000" }, "requestDeadline"],
    [{ maximumWaiting: -1 }, "maximumWaiting"],
    [{ maximumWaiting: 0.5 }, "maximumWaiting"],
    [{ maximumWaiting: "1000" }, "maximumWaiting"],
    [{ minimumValidity: -1 }, "minimumValidity"],
    [{ minimumValidity: "x" }, "minimumValidity"],
    [{ minimumValidity: 570_000 }, "minimumValidity"],
    [{ minimumValidity: 9_000, expiresIn: 10 }, "minimumValidity"],
    [{ directory: "true" }, "directory"],
    [{ directory: 1 }, "directory"],
    [{ eager: "true" }, "eager"]
  ])("what is missing or wrong is said at once: %o", (given, setting) => {
    assert.throws(
      () => onBehalf(world.options(given as never)),
      TokenErrors.TokenError,
      `Invalid configuration: ${setting}`
    )
  })
})
