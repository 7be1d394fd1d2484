import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Simulator, type Fault } from "../src/index.ts"
import { basic, bearer, bodyOf, call, mint, world } from "./support.ts"

const list = Effect.flatMap(Simulator, ({ apiKey }) =>
  call("GET", "/organisations?pagesize=2", { auth: basic(apiKey) })
)

const add = (fault: Fault) => Effect.map(Simulator, (simulator) => simulator.addFault(fault))

const merchantAt = (index: number) =>
  Effect.map(Simulator, ({ merchants }) => merchants[index]?.id ?? "none")

const mintFirst = Effect.flatMap(merchantAt(0), (merchant) => mint(merchant, ["a"], 60))

const inWorld = Effect.provide(world({ merchants: 20 }))

describe("which requests a fault is put into", () => {
  it.effect("as many as `times` says, after as many as `after` says", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* add({ kind: "status", status: 503, times: 2, after: 1 })
      const statuses = yield* Effect.forEach([1, 2, 3, 4], () => list)
      assert.deepEqual(
        statuses.map(({ status }) => status),
        [200, 503, 503, 200]
      )
      assert.deepEqual(simulator.faults, [])
      assert.deepEqual(
        simulator.requests.map(({ faults }) => faults),
        [[], ["status"], ["status"], []]
      )
    }).pipe(inWorld)
  )

  it.effect("until it is removed when no `times` is given", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const id = yield* add({ kind: "status", status: 500 })
      assert.strictEqual((yield* list).status, 500)
      assert.strictEqual((yield* list).status, 500)
      assert.deepInclude(simulator.faults[0], { id, used: 2, seen: 2 })
      assert.isTrue(simulator.removeFault(id))
      assert.isFalse(simulator.removeFault(id))
      assert.strictEqual((yield* list).status, 200)
    }).pipe(inWorld)
  )

  it.effect("one answer fault a request, in the order in which they were added", () =>
    Effect.gen(function* () {
      yield* add({ kind: "status", status: 500, times: 1 })
      yield* add({ kind: "status", status: 502, times: 1 })
      const statuses = yield* Effect.forEach([1, 2, 3], () => list)
      assert.deepEqual(
        statuses.map(({ status }) => status),
        [500, 502, 200]
      )
    }).pipe(inWorld)
  )

  it.effect.each([
    [{ operation: "requestTokenForOrganisation" }, true],
    [{ operation: "requestToken" }, false],
    [{ method: "post" }, true],
    [{ method: "GET" }, false],
    [{ path: "/organisations/*/tokens" }, true],
    [{ path: "/organisations/*" }, false],
    [{ path: "/organisations/**" }, true],
    [{ path: "/organisations.*" }, false]
  ] as const)("only those that %j matches", ([match, hit]) =>
    Effect.gen(function* () {
      yield* add({ kind: "status", status: 503, match })
      const { answer } = yield* mintFirst
      assert.strictEqual(answer.status, hit ? 503 : 201)
    }).pipe(inWorld)
  )

  it.effect("only those of an organisation: the one in the path, else the caller's", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* merchantAt(0), yield* merchantAt(1)]
      const [tokenOne, tokenTwo] = [yield* mint(one), yield* mint(two)]
      yield* add({ kind: "status", status: 503, match: { organisation: one } })
      const use = (token: string) => call("GET", "/mandates", { auth: bearer(token) })
      assert.strictEqual((yield* mint(one)).answer.status, 503)
      assert.strictEqual((yield* mint(two)).answer.status, 201)
      assert.strictEqual((yield* use(tokenOne.accessToken)).status, 503)
      assert.strictEqual((yield* use(tokenTwo.accessToken)).status, 200)
    }).pipe(inWorld)
  )

  it.effect("a field that is undefined is a field that is absent", () =>
    Effect.gen(function* () {
      const { addFault } = yield* Simulator
      // As a project without `exactOptionalPropertyTypes` may write it.
      const untold: object = { times: undefined, match: { method: undefined } }
      addFault({ kind: "status", status: 503, ...untold })
      const nothing: object = { match: undefined, after: undefined }
      addFault({ kind: "latency", ms: 0, ...nothing })
      assert.strictEqual((yield* list).status, 503)
    }).pipe(inWorld)
  )

  it.effect("a fault that is none is refused", () =>
    Effect.gen(function* () {
      const { addFault, faults } = yield* Simulator
      assert.throws(() => addFault(JSON.parse('{"kind":"nonsense"}')))
      assert.throws(() => addFault(JSON.parse('{"kind":"hang","tmies":1}')))
      assert.throws(() => addFault({ kind: "status", status: 99 }))
      assert.throws(() => addFault({ kind: "status", status: 500, times: 0 }))
      // What no answer can carry would be a 500 that the log calls by the fault's own status.
      assert.throws(() => addFault({ kind: "status", status: 503, headers: { "a b": "c" } }))
      assert.throws(() => addFault({ kind: "status", status: 503, headers: { a: "b\nc" } }))
      assert.throws(() => addFault({ kind: "status", status: 503, retryAfter: "b\nc" }))
      assert.throws(() => addFault({ kind: "status", status: 503, body: "", contentType: "b\nc" }))
      assert.throws(() => addFault({ kind: "redirect", location: "/→" }))
      assert.deepEqual(faults, [])
    }).pipe(inWorld)
  )
})

describe("answers in place of the operation", () => {
  it.effect("a status, with its headers, and nothing is done", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* add({ kind: "status", status: 429, retryAfter: 7, rateLimitReset: 9, times: 1 })
      const { answer } = yield* mintFirst
      assert.strictEqual(answer.status, 429)
      assert.strictEqual(answer.headers["retry-after"], "7")
      assert.strictEqual(answer.headers["x-rate-limit-reset"], "9")
      assert.strictEqual(bodyOf(answer).returnCode, "GK0429")
      simulator.clearFaults()
      const all = yield* call("POST", `/organisations/${yield* merchantAt(0)}/tokens/revoke`, {
        auth: basic(simulator.apiKey)
      })
      assert.strictEqual(bodyOf(all).data?.["revokedTokensCount"], 0)
    }).pipe(inWorld)
  )

  it.effect.each([
    [{ kind: "status", status: 422, body: {} }, 422, "{}", "application/json"],
    [{ kind: "status", status: 201, body: '{"a":1e400}' }, 201, '{"a":1e400}', "text/plain"],
    [{ kind: "emptyBody" }, 200, "", undefined],
    [{ kind: "emptyBody", status: 204 }, 204, "", undefined]
  ] as const)("%j", ([fault, status, text, type]) =>
    Effect.gen(function* () {
      yield* add(fault)
      const answer = yield* list
      assert.strictEqual(answer.status, status)
      assert.strictEqual(answer.text, text)
      assert.strictEqual(answer.headers["content-type"], type)
    }).pipe(inWorld)
  )

  it.effect("a status with a Date of its own", () =>
    Effect.gen(function* () {
      yield* add({ kind: "status", status: 503, headers: { Date: "yesterday" } })
      assert.strictEqual((yield* list).headers["date"], "yesterday")
    }).pipe(inWorld)
  )

  it.effect("a redirect, and an HTML page", () =>
    Effect.gen(function* () {
      yield* add({ kind: "redirect", location: "https://elsewhere.example/", times: 1 })
      const redirect = yield* list
      assert.strictEqual(redirect.status, 307)
      assert.strictEqual(redirect.headers["location"], "https://elsewhere.example/")
      yield* add({ kind: "html", status: 502, times: 1 })
      const html = yield* list
      assert.strictEqual(html.status, 502)
      assert.strictEqual(html.headers["content-type"], "text/html")
      assert.match(html.text, /^<!doctype html>/)
    }).pipe(inWorld)
  )

  it.effect("a reset is a transport error: before the operation, or after it was done", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const revoke = Effect.flatMap(merchantAt(0), (merchant) =>
        call("POST", `/organisations/${merchant}/tokens/revoke`, {
          auth: basic(simulator.apiKey)
        })
      )
      for (const [fault, made] of [
        [{ kind: "reset", times: 1 }, 0],
        [{ kind: "reset", times: 1, when: "before" }, 0],
        [{ kind: "reset", times: 1, when: "after" }, 1]
      ] as const) {
        yield* add(fault)
        const error = yield* Effect.flip(mintFirst)
        assert.strictEqual(error.reason._tag, "TransportError")
        const revoked = bodyOf(yield* revoke).data
        assert.strictEqual(revoked?.["revokedTokensCount"], made, JSON.stringify(fault))
      }
      assert.isUndefined(simulator.requests[0]?.status)
    }).pipe(inWorld)
  )

  it.effect("a reset during the answer breaks off the body", () =>
    Effect.gen(function* () {
      yield* add({ kind: "reset", when: "during" })
      const error = yield* Effect.flip(list)
      assert.strictEqual(error.reason._tag, "DecodeError")
    }).pipe(inWorld)
  )

  it.effect("a hang never answers, and ends when the caller gives up", () =>
    Effect.gen(function* () {
      yield* add({ kind: "hang" })
      const waiting = yield* Effect.forkChild(Effect.timeout(list, "1 day"))
      yield* TestClock.adjust("23 hours")
      assert.isUndefined(waiting.pollUnsafe())
      assert.deepInclude((yield* Simulator).requests[0], { status: undefined, faults: ["hang"] })
      yield* TestClock.adjust("1 hour")
      const exit = yield* Fiber.await(waiting)
      assert.isTrue(Exit.isFailure(exit) && Cause.isTimeoutError(Cause.squash(exit.cause)))
    }).pipe(inWorld)
  )
})

describe("delays and a wrong clock", () => {
  it.effect("latencies add up and go with another fault", () =>
    Effect.gen(function* () {
      yield* add({ kind: "latency", ms: 400 })
      yield* add({ kind: "latency", ms: 600 })
      yield* add({ kind: "status", status: 503 })
      const waiting = yield* Effect.forkChild(list)
      yield* TestClock.adjust(999)
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.strictEqual((yield* Fiber.join(waiting)).status, 503)
    }).pipe(inWorld)
  )

  it.effect("a slow body comes drop by drop and is whole in the end", () =>
    Effect.gen(function* () {
      const whole = yield* list
      yield* add({ kind: "slowBody", chunkBytes: 100, everyMs: 1_000 })
      const waiting = yield* Effect.forkChild(list)
      yield* TestClock.adjust(1_000)
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(waiting)).text, whole.text)
    }).pipe(inWorld)
  )

  it.effect("clock skew shifts every time of the server, and not the life of the token", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 day")
      yield* add({ kind: "clockSkew", ms: -3_600_000, times: 1 })
      const { accessToken, answer, data } = yield* mintFirst
      const created = 86_400_000 - 3_600_000
      assert.deepInclude(data, { createdTimestamp: created, expiryTime: created + 60_000 })
      assert.strictEqual(answer.headers["date"], "Thu, 01 Jan 1970 23:00:00 GMT")
      const { merchants, apiKey } = yield* Simulator
      const revoke = `/organisations/${merchants[0]?.id}/tokens/revoke`
      yield* TestClock.adjust(59_999)
      const count = bodyOf(yield* call("POST", revoke, { auth: basic(apiKey) })).data
      assert.strictEqual(count?.["revokedTokensCount"], 1)
      assert.isAbove(accessToken.length, 1_000)
    }).pipe(inWorld)
  )
})

describe("answers that lie", () => {
  it.effect("wrong organisation: the whole answer is another merchant's", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* merchantAt(0), yield* merchantAt(1)]
      yield* add({ kind: "wrongOrganisation", times: 1 })
      const { accessToken, data } = yield* mint(one)
      assert.strictEqual(data["requestedOrganisation"], two)
      const mandates = yield* call("GET", "/mandates", { auth: bearer(accessToken) })
      assert.include(mandates.text, two)
      const three = yield* merchantAt(2)
      const own = yield* mint(one)
      yield* add({ kind: "wrongOrganisation", times: 1 })
      const payments = yield* call("GET", "/tpp/payments", { auth: bearer(own.accessToken) })
      assert.include(payments.text, `"organisationId":"${two}"`)
      assert.notInclude(payments.text, `"organisationId":"${one}"`)
      yield* add({ kind: "wrongOrganisation", organisation: three, times: 1 })
      assert.strictEqual((yield* mint(one)).data["requestedOrganisation"], three)
    }).pipe(inWorld)
  )

  it.effect("repeated token: id and text of another merchant's token under the right name", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* merchantAt(0), yield* merchantAt(1)]
      const other = yield* mint(two)
      yield* add({ kind: "repeatedToken" })
      const { accessToken, data, id } = yield* mint(one)
      assert.strictEqual(data["requestedOrganisation"], one)
      assert.strictEqual(id, other.id)
      assert.strictEqual(accessToken, other.accessToken)
    }).pipe(inWorld)
  )

  it.effect("expired on arrival, missing fields, overridden fields", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      yield* add({ kind: "expiredOnArrival", times: 1 })
      const expired = (yield* mintFirst).data
      assert.isBelow(Number(expired["expiryTime"]), Number(expired["createdTimestamp"]))

      yield* add({ kind: "missingFields", fields: ["data.expiryTime", "uri"], times: 1 })
      const missing = bodyOf((yield* mintFirst).answer)
      assert.notProperty(missing, "uri")
      assert.notProperty(missing.data, "expiryTime")
      assert.property(missing.data, "createdTimestamp")

      yield* add({
        kind: "override",
        status: 200,
        data: { tokenType: "MAC", expiryTime: 12 },
        body: { extra: true },
        times: 1
      })
      const { answer, data } = yield* mintFirst
      assert.strictEqual(answer.status, 200)
      assert.deepInclude(data, { tokenType: "MAC", expiryTime: 12, status: "ACTIVE" })
      assert.propertyVal(bodyOf(answer), "extra", true)
    }).pipe(inWorld)
  )

  it.effect("malformed JSON, an oversized body, details as an object", () =>
    Effect.gen(function* () {
      yield* add({ kind: "malformedJson", times: 1 })
      const malformed = yield* list
      assert.strictEqual(malformed.status, 200)
      assert.isTrue(malformed.isJson)
      assert.throws(() => JSON.parse(malformed.text))

      yield* add({ kind: "oversizedBody", bytes: 300_000, times: 1 })
      const oversized = yield* list
      assert.isAbove(oversized.text.length, 300_000)
      assert.property(bodyOf(oversized), "data")

      yield* add({ kind: "objectDetails", times: 1 })
      const { apiKey } = yield* Simulator
      const refused = yield* call("GET", "/organisations?pagesize=500", { auth: basic(apiKey) })
      const details: unknown = bodyOf(refused).details
      assert.deepInclude(details, { code: "ORG0008" })
    }).pipe(inWorld)
  )
})
