import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Simulator } from "../src/index.ts"
import { basic, bearer, bodyOf, call, mint, world, type Call } from "./support.ts"

const askToken = Effect.fnUntraced(function* (options: Call) {
  const { apiKey, merchants } = yield* Simulator
  return yield* call("POST", `/organisations/${merchants[0]?.id}/tokens`, {
    auth: basic(apiKey),
    ...options
  })
})

describe("every refusal has the documented envelope", () => {
  it.effect.each([
    ["GET", "/tokens", 405],
    ["DELETE", "/organisations/x/tokens", 405],
    ["PROPFIND", "/organisations", 405],
    ["GET", "/", 404],
    ["GET", "/organisations/", 404],
    ["GET", "/ORGANISATIONS", 404],
    ["GET", "//organisations", 404],
    ["GET", "/organisations/%", 404],
    ["GET", "/nowhere", 404],
    ["GET", "/organisations", 401],
    ["POST", "/tokens", 401]
  ] as const)("%s %s is %s", ([method, path, status]) =>
    Effect.gen(function* () {
      const answer = yield* call(method, path)
      assert.strictEqual(answer.status, status)
      assert.isTrue(answer.isJson, answer.text)
      assert.hasAllKeys(bodyOf(answer), ["returnCode", "returnDescription"])
    }).pipe(Effect.provide(world()))
  )

  it.effect("a path in another case is no operation, in the counters either", () =>
    Effect.gen(function* () {
      yield* call("GET", "/ORGANISATIONS")
      const { counters } = yield* Simulator
      assert.deepEqual(counters, { unknown: 1 })
    }).pipe(Effect.provide(world()))
  )

  it.effect("405 says which methods there are", () =>
    Effect.gen(function* () {
      const answer = yield* call("DELETE", "/tpp/payments")
      assert.strictEqual(answer.headers["allow"], "POST, GET")
    }).pipe(Effect.provide(world()))
  )

  it.effect.each([
    ["{", "application/json", 400],
    ["", "application/json", 400],
    ["[]", "application/json", 400],
    ["null", "application/json", 400],
    ['{"scopes":["a"]}', "text/plain", 415],
    ['{"scopes":["a"]}', "application/json; charset=utf-8", 201],
    ["scopes=a", "application/x-www-form-urlencoded", 415],
    [JSON.stringify({ scopes: ["a".repeat(65_000)] }), "application/json", 201],
    [JSON.stringify({ scopes: ["a".repeat(66_000)] }), "application/json", 413]
  ] as const)("a body %.40s of type %s is %s", ([text, contentType, status]) =>
    Effect.gen(function* () {
      const answer = yield* askToken({ raw: { text, contentType } })
      assert.strictEqual(answer.status, status, answer.text)
      if (status >= 400) assert.containsAllKeys(bodyOf(answer), ["returnCode"])
    }).pipe(Effect.provide(world()))
  )

  it.effect("details can be one object, as in the specification's examples", () =>
    Effect.gen(function* () {
      const answer = yield* askToken({ body: { scopes: [] } })
      const details: unknown = bodyOf(answer).details
      assert.deepInclude(details, { code: "GK0422", field: "scopes" })
    }).pipe(Effect.provide(world({ errorDetails: "object" })))
  )
})

describe("limits and prefixes", () => {
  it.effect("429 with Retry-After when the window is full, until it is over", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      const { apiKey } = yield* Simulator
      const ask = call("GET", "/organisations", { auth: basic(apiKey) })
      assert.strictEqual((yield* ask).status, 200)
      assert.strictEqual((yield* ask).status, 200)
      yield* TestClock.adjust(500)
      const refused = yield* ask
      assert.strictEqual(refused.status, 429)
      assert.strictEqual(refused.headers["retry-after"], "10")
      assert.strictEqual(refused.headers["date"], "Thu, 01 Jan 1970 01:00:00 GMT")
      yield* TestClock.adjust(9_500)
      assert.strictEqual((yield* ask).status, 200)
    }).pipe(Effect.provide(world({ rateLimit: { requests: 2, perMillis: 10_000 } })))
  )

  it.effect("each service lives below its own prefix, and nowhere else", () =>
    Effect.gen(function* () {
      const { apiKey, merchants } = yield* Simulator
      const auth = basic(apiKey)
      const id = merchants[0]?.id
      const statusOf = (method: string, path: string) =>
        Effect.map(call(method, path, { auth, body: { scopes: ["a"] } }), ({ status }) => status)
      assert.strictEqual((yield* call("GET", "/cust/organisations", { auth })).status, 200)
      assert.strictEqual((yield* call("GET", `/cust/organisations/${id}`, { auth })).status, 200)
      assert.strictEqual((yield* call("GET", "/organisations", { auth })).status, 404)
      assert.strictEqual(yield* statusOf("POST", `/gk/v1/organisations/${id}/tokens`), 201)
      assert.strictEqual(yield* statusOf("POST", `/cust/organisations/${id}/tokens`), 404)
      assert.strictEqual(yield* statusOf("POST", `/organisations/${id}/tokens`), 404)
      const { counters } = yield* Simulator
      assert.deepInclude(counters, { listOrganisations: 1, requestTokenForOrganisation: 1 })
    }).pipe(Effect.provide(world({ organisationPrefix: "cust/", gatekeeperPrefix: "/gk/v1" })))
  )

  it.effect("an address that is not allowed gets 403, with a good credential", () =>
    Effect.gen(function* () {
      const { apiKey, apiKeys, merchants } = yield* Simulator
      const answer = yield* call("GET", "/organisations", { auth: basic(apiKey) })
      assert.strictEqual(answer.status, 403)
      const merchant = basic(apiKeys.of(merchants[0]?.id ?? "") ?? "")
      assert.strictEqual((yield* call("GET", "/mandates", { auth: merchant })).status, 403)
      assert.strictEqual((yield* call("GET", "/mandates", { auth: "Basic eDo=" })).status, 401)
    }).pipe(Effect.provide(world({ allowedAddresses: ["10.1.2.3"] })))
  )

  it.effect("every address is allowed where IP filtering is off", () =>
    Effect.gen(function* () {
      const { apiKey } = yield* Simulator
      const answer = yield* call("GET", "/organisations", { auth: basic(apiKey) })
      assert.strictEqual(answer.status, 200)
    }).pipe(Effect.provide(world({ allowedAddresses: ["10.1.2.3"], ipFiltering: false })))
  )

  it.effect("an allowed address gets tokens that are filtered", () =>
    Effect.gen(function* () {
      const { merchants } = yield* Simulator
      const { accessToken, data } = yield* mint(merchants[0]?.id ?? "")
      assert.strictEqual(data["ipFiltering"], true)
      const used = yield* call("GET", "/mandates", { auth: bearer(accessToken) })
      assert.strictEqual(used.status, 200)
    }).pipe(Effect.provide(world({ allowedAddresses: ["127.0.0.1"] })))
  )
})

describe("the request log", () => {
  it.effect("knows operation, organisation and status, and never a secret", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const merchant = simulator.merchants[0]?.id ?? ""
      const { accessToken } = yield* mint(merchant)
      yield* call("GET", "/mandates?pagesize=2", { auth: bearer(accessToken) })
      yield* call("GET", "/organisations", { auth: basic("wrong-key") })
      yield* call("GET", `/nowhere/${"x".repeat(2_000)}`)
      assert.deepEqual(
        simulator.requests.map(({ number, operation, organisation, path, status }) => [
          number,
          operation,
          organisation,
          path.slice(0, 30),
          status
        ]),
        [
          [
            1,
            "requestTokenForOrganisation",
            merchant,
            `/organisations/${merchant}/tokens`.slice(0, 30),
            201
          ],
          [2, "listMandates", merchant, "/mandates", 200],
          [3, "listOrganisations", undefined, "/organisations", 401],
          [4, "unknown", undefined, `/nowhere/${"x".repeat(21)}`, 404]
        ]
      )
      assert.isAtMost(simulator.requests[3]?.path.length ?? 0, 512)
      const text = JSON.stringify(simulator.requests)
      assert.notInclude(text, accessToken)
      assert.notInclude(text, simulator.apiKey)
      assert.notInclude(text, "wrong-key")
    }).pipe(Effect.provide(world()))
  )
})
