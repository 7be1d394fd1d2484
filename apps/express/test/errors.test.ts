import { assert, describe, it } from "@effect/vitest"
import { TokenErrors } from "@onbehalf/core"
import {
  answerable,
  errorHandler,
  onBehalf,
  OnBehalfError,
  type OnBehalfErrorCode
} from "@onbehalf/express"
import type { SimulatorControls } from "@onbehalf/simulator"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { problems } from "../src/internal/problems.ts"
import { failingStore } from "./support/failingStore.ts"
import { expresses, makeWorld, mandatesApp } from "./support/world.ts"

const world = makeWorld()

const tokens = { operation: "requestTokenForOrganisation" }

type Faults = ReadonlyArray<Parameters<SimulatorControls["addFault"]>[0]>

/** What happens upstream, and what the client gets. */
const table: ReadonlyArray<readonly [name: string, faults: Faults, status: number, code: string]> =
  [
    ["401", [{ kind: "status", status: 401, match: tokens }], 502, "upstream_refused"],
    ["403", [{ kind: "status", status: 403, match: tokens }], 403, "forbidden"],
    ["404", [{ kind: "status", status: 404, match: tokens }], 404, "merchant_unknown"],
    ["422", [{ kind: "status", status: 422, match: tokens }], 502, "upstream_failed"],
    ["410", [{ kind: "status", status: 410, match: tokens }], 502, "upstream_failed"],
    [
      "a redirect",
      [{ kind: "redirect", location: "https://evil.example/" }],
      502,
      "upstream_failed"
    ],
    ["429", [{ kind: "status", status: 429, retryAfter: 120, match: tokens }], 429, "rate_limited"],
    ["503", [{ kind: "status", status: 503, match: tokens }], 502, "upstream_failed"],
    ["HTML", [{ kind: "html", match: tokens }], 502, "upstream_failed"],
    ["half an answer", [{ kind: "malformedJson", match: tokens }], 502, "upstream_failed"],
    ["a reset", [{ kind: "reset", match: tokens }], 502, "upstream_failed"],
    ["a huge answer", [{ kind: "oversizedBody", match: tokens }], 502, "upstream_failed"],
    [
      "a token of somebody else",
      [{ kind: "override", data: { requestedOrganisation: "other" }, match: tokens }],
      502,
      "upstream_failed"
    ],
    ["silence", [{ kind: "hang", match: tokens }], 504, "deadline_exceeded"],
    [
      "silence to the call",
      [{ kind: "hang", match: { operation: "listMandates" } }],
      504,
      "deadline_exceeded"
    ]
  ]

describe.each(expresses)("errors, %s", (_version, create) => {
  const serve = async (options: Parameters<typeof world.options>[0] = {}) => {
    const { app, nuapay } = mandatesApp(
      create,
      world.options({ requestDeadline: 1_500, retryPolicy: { retries: 0 }, ...options })
    )
    return { nuapay, ...(await world.serve(app, nuapay)) }
  }

  it.each(table)("Nuapay answers with %s: problem details", async (_name, faults, status, code) => {
    const { get } = await serve()
    for (const fault of faults) world.simulator.addFault(fault)
    const answer = await get("/mandates", world.merchant())
    assert.strictEqual(answer.status, status, answer.text)
    assert.strictEqual(
      answer.headers.get("content-type"),
      "application/problem+json; charset=utf-8"
    )
    assert.strictEqual(answer.headers.get("cache-control"), "no-store")
    assert.strictEqual(answer.json.code, code)
    assert.strictEqual(answer.json.status, status)
    assert.isString(answer.json.title)
    for (const leak of [
      "    at ",
      world.simulator.apiKey,
      "NUAPAY",
      "eyJ",
      "<html",
      "GK0",
      world.merchant()
    ]) {
      assert.notInclude(answer.text, leak)
    }
  })

  it.each([
    ["a reset in mid-body", { kind: "reset", when: "during" }],
    ["HTML", { kind: "html" }]
  ] as const)(
    "the call itself is answered with %s: 502, nothing of it shows",
    async (_name, fault) => {
      const { get } = await serve()
      world.simulator.addFault({ ...fault, match: { operation: "listMandates" } } as Faults[number])
      const { json, text } = await get("/mandates", world.merchant())
      assert.deepStrictEqual(
        json,
        {
          title: "Bad Gateway",
          status: 502,
          code: "upstream_failed"
        },
        text
      )
    }
  )

  it("a 401 that remains is not the client's: 502", async () => {
    const { get } = await serve()
    world.simulator.addFault({ kind: "status", status: 401, match: { operation: "listMandates" } })
    const { json, status } = await get("/mandates", world.merchant())
    assert.deepStrictEqual([status, json.code], [502, "upstream_refused"])
  })

  it("who has gone is not answered; who waits for the call of one that has is", async () => {
    const nuapay = onBehalf(world.options())
    const app = create()
    app.set("env", "test")
    app.use(nuapay)
    let shared: Promise<unknown> | undefined
    const left = Promise.withResolvers<unknown>()
    app.get("/:who", (request, response, next) => {
      if (shared === undefined) response.once("close", () => setImmediate(left.resolve, response))
      shared ??= request.onBehalf.fetch("/mandates")
      shared.then(() => response.end(), next)
    })
    app.use(errorHandler)
    const { get } = await world.serve(app, nuapay)
    world.simulator.addFault({ kind: "hang", match: { operation: "listMandates" } })
    const client = new AbortController()
    const gone = get("/first", world.merchant(), { signal: client.signal }).catch(() => "gone")
    while (world.simulator.counters["listMandates"] === undefined) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    const waits = get("/second", world.merchant())
    client.abort()
    assert.strictEqual(await gone, "gone")
    assert.propertyVal(await left.promise, "statusCode", 200)
    const { json, status } = await waits
    assert.deepStrictEqual([status, json.code], [499, "client_gone"])
  })

  it("a clone of an answer fails as the answer does", async () => {
    const nuapay = onBehalf(world.options())
    const app = create()
    app.use(nuapay)
    app.get("/", (request, response, next) => {
      request.onBehalf
        .fetch("/mandates")
        .then((answer) => Promise.allSettled([answer.clone().clone().json(), answer.json()]))
        .then((outcomes) =>
          response.json(
            outcomes.map(
              (each) => each.status === "rejected" && (each.reason as OnBehalfError).code
            )
          )
        )
        .catch(next)
    })
    const { get } = await world.serve(app, nuapay)
    world.simulator.addFault({ kind: "html", match: { operation: "listMandates" } })
    const { json } = await get("/", world.merchant())
    assert.deepStrictEqual(json, ["upstream_failed", "upstream_failed"])
    world.simulator.clearFaults()
    assert.deepStrictEqual((await get("/", world.merchant())).json, [false, false])
  })

  it("who is nobody hears that signing in would help", async () => {
    const { get } = await serve()
    const { headers, status } = await get("/mandates")
    assert.deepStrictEqual([status, headers.get("www-authenticate")], [401, "Session"])
  })

  it("a body that the handler reads twice is the handler's mistake", async () => {
    const nuapay = onBehalf(world.options())
    const app = create()
    app.use(nuapay)
    app.get("/", (request, response, next) => {
      request.onBehalf
        .fetch("/mandates")
        .then(async (answer) => [await answer.text(), await answer.text()])
        .catch((error: Error) => response.send(error.name))
        .catch(next)
    })
    const { get } = await world.serve(app, nuapay)
    assert.strictEqual((await get("/", world.merchant())).text, "TypeError")
  })

  it("Retry-After says how long, in seconds", async () => {
    const { get } = await serve()
    world.simulator.addFault({ kind: "status", status: 429, retryAfter: 120, match: tokens })
    const { headers } = await get("/mandates", world.merchant())
    assert.strictEqual(headers.get("retry-after"), "120")
  })

  it("a setting that is wrong shows where the broker is awaited, and as a 500", async () => {
    const { get, nuapay } = await serve({ baseUrl: "http://nuapay.com" })
    const error: unknown = await nuapay.broker.catch((caught: unknown) => caught)
    assert.instanceOf(error, TokenErrors.TokenError)
    const answer = await get("/mandates", world.merchant())
    assert.deepStrictEqual([answer.status, answer.json.code], [500, "invalid_configuration"])
    assert.notInclude(answer.text, "NUAPAY")
    assert.strictEqual((await get("/mandates")).status, 401)
  })

  it.each(["bypass", "fail"] as const)("the store fails, policy %s", async (storePolicy) => {
    const { get } = await serve({ store: failingStore, storePolicy })
    const answer = await get("/mandates", world.merchant())
    assert.strictEqual(answer.status, storePolicy === "bypass" ? 200 : 503, answer.text)
    if (storePolicy === "fail") assert.strictEqual(answer.json.code, "store_unavailable")
  })

  it("without the error handler Express answers with the status and the headers", async () => {
    const nuapay = onBehalf(world.options({ retryPolicy: { retries: 0 } }))
    const app = create()
    app.set("env", "test")
    app.use(nuapay)
    app.get("/", (request, _response, next) => {
      request.onBehalf
        .token()
        .then(() => next())
        .catch(next)
    })
    const { get } = await world.serve(app, nuapay)
    assert.strictEqual((await get("/")).status, 401)
    world.simulator.addFault({ kind: "status", status: 429, retryAfter: 7, match: tokens })
    const answer = await get("/", world.merchant())
    assert.deepStrictEqual([answer.status, answer.headers.get("retry-after")], [429, "7"])
  })

  it("what is not onbehalf's goes on; an error of the broker is answered too", async () => {
    const app = create()
    app.set("env", "test")
    app.get("/other", () => {
      throw Object.assign(new Error("not ours"), { status: 418 })
    })
    app.get("/ours", () => {
      throw new TokenErrors.TokenError({ reason: new TokenErrors.OrganisationUnknown({}) })
    })
    app.get("/late", (_request, response) => {
      response.write("half")
      throw new OnBehalfError("upstream_failed")
    })
    app.use(errorHandler)
    const { get } = await world.serve(app)
    const other = await get("/other")
    assert.deepStrictEqual([other.status, /not ours/.test(other.text)], [418, true])
    assert.strictEqual((await get("/ours")).json.code, "merchant_unknown")
    assert.strictEqual(await get("/late").catch((error: Error) => error.name), "TypeError")
  })
})

describe("OnBehalfError", () => {
  it("has the shape that Express and its handlers know", () => {
    const error = new OnBehalfError("overloaded")
    assert.strictEqual(error.name, "OnBehalfError")
    assert.deepInclude(error, {
      status: 503,
      statusCode: 503,
      expose: false,
      headers: { "Retry-After": "1" }
    })
    assert.isTrue(new OnBehalfError("no_merchant").expose)
  })

  it("tells logs what happened; below 500 the client, without it", () => {
    const { Forbidden, TokenError, Unavailable } = TokenErrors
    const away = new TokenError({ reason: new Unavailable({ problem: "connection" }) })
    const answered = answerable(away) as OnBehalfError
    assert.strictEqual(answered.cause, away)
    assert.include(answered.message, away.message)
    const refused = new TokenError({ reason: new Forbidden({ organisation: "merchant-1" }) })
    const shown = answerable(refused) as OnBehalfError
    assert.strictEqual(shown.cause, refused)
    assert.notInclude(shown.message, "merchant-1")
  })

  it("Retry-After is whole seconds, and never too few", () => {
    const reason = new TokenErrors.RateLimited({ retryAfter: 1_200 })
    const answered = answerable(new TokenErrors.TokenError({ reason })) as OnBehalfError
    assert.strictEqual(answered.headers["Retry-After"], "2")
  })

  it("each code has its line in the README, with its status", () => {
    const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8")
    const lines = [...readme.matchAll(/^\| `(\w+)` +\| +(\d{3}) \|/gm)]
    const told = Object.fromEntries(lines.map(([, code, status]) => [code, Number(status)]))
    const all = Object.entries(problems).map(([code, { status }]) => [code, status])
    assert.deepStrictEqual(told, Object.fromEntries(all))
  })

  it("whoever may come again is told when: each 429 and each 503", () => {
    const codes = Object.keys(problems) as ReadonlyArray<OnBehalfErrorCode>
    const told = codes
      .map((code) => new OnBehalfError(code))
      .filter(({ status }) => status === 429 || status === 503)
    assert.sameMembers(
      told.map(({ code }) => code),
      ["rate_limited", "overloaded", "store_unavailable", "closing"]
    )
    for (const { code, headers } of told) assert.propertyVal(headers, "Retry-After", "1", code)
  })

  it("each reason of the broker has an answer", () => {
    for (const member of TokenErrors.TokenErrorReason.members) {
      const reason = new member({
        setting: "x",
        problem: "status",
        deadline: 1,
        mismatch: "type",
        operation: "get"
      } as never)
      const answered = answerable(new TokenErrors.TokenError({ reason: reason as never }))
      assert.instanceOf(answered, OnBehalfError, reason._tag)
      assert.isNumber((answered as OnBehalfError).status, reason._tag)
    }
  })
})
