import { assert, describe, it } from "@effect/vitest"
import { TokenError } from "@onbehalf/core"
import * as Grant from "@onbehalf/core/Grant"
import * as Effect from "effect/Effect"
import { grantFor } from "../support/broker.ts"
import { answer, isTokenCall, tokenAnswer, tokenBody } from "../support/hostileAnswers.ts"
import { refusal, withBrokerOn, withGatekeeper, withMerchantOn } from "../support/hostileClient.ts"
import { hostileSocket } from "../support/hostileSocket.ts"

const names = ["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty"]

/** Everything that an attacker would like to find on every object. */
const poison = `{"polluted":"yes","status":"ACTIVE","code":"polluted","toString":"polluted"}`
const poisoned = (body: string): string =>
  body
    .replace("{", `{"__proto__":${poison},"constructor":{"prototype":${poison}},`)
    .replace('"data":{', `"data":{"__proto__":${poison},"prototype":${poison},`)

const assertUnpolluted = (...values: ReadonlyArray<object>): void => {
  for (const value of [{}, [], () => undefined, new Error("x"), ...values]) {
    assert.isUndefined(Reflect.get(value, "polluted"))
    assert.notStrictEqual(Reflect.get(value, "toString"), "polluted")
  }
  assert.deepStrictEqual(Object.keys(Object.prototype), [])
}

describe("T17: names that JavaScript knows, over the wire", () => {
  it.live("in a token's answer, and as its ids and scopes", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(answer(201, poisoned(tokenBody(request, count, { id: names[count - 1] }))))
      )
      yield* withBrokerOn(server.url, (broker) =>
        Effect.gen(function* () {
          for (const name of names) {
            const grant = yield* Grant.forOrganisation(name, { scopes: names })
            const token = yield* broker.acquire(grant)
            assert.strictEqual(token.organisation, name)
            assert.strictEqual(token.id as string, name)
            assertUnpolluted(token, token.scopes, yield* broker.explain(grant))
          }
          for (const name of names) assert.isTrue(yield* broker.invalidate(name))
          assert.isFalse(yield* broker.invalidate("isPrototypeOf"))
        })
      )
      assert.strictEqual(server.seen.length, names.length)
    })
  )

  it.live("a field that only the prototype has is missing", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(answer(201, poisoned(tokenBody(request, count, { status: undefined }))))
      )
      const reason = yield* refusal(server.url)
      assert.strictEqual(reason._tag === "WrongToken" && reason.mismatch, "status")
    })
  )

  it.live("in organisations, their pages and their errors", () =>
    Effect.gen(function* () {
      const list = `{"data":[${names.map((id) => `{"id":"${id}","__proto__":${poison}}`).join(",")}],"page":{"__proto__":${poison}}}`
      const errors = `{"__proto__":${poison},"details":[{"__proto__":${poison}},{"code":"E1","constructor":1}]}`
      const server = yield* hostileSocket((socket, _, count) =>
        socket.write(count === 1 ? answer(200, list) : answer(422, errors))
      )
      yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.gen(function* () {
          const page = yield* gatekeeper.organisations()
          const ids = page.organisations.map(({ id }) => id as string)
          assert.deepStrictEqual(ids, names)
          assert.isUndefined(page.organisations[0]?.status)
          assertUnpolluted(page, ...page.organisations)
          const error = yield* Effect.flip(gatekeeper.organisations())
          assert.instanceOf(error, TokenError)
          assert.deepStrictEqual("details" in error.reason && error.reason.details, [
            { code: "E1" }
          ])
          assertUnpolluted(error, error.reason, error.toJSON())
        })
      )
    })
  )

  it.live("as the headers of an answer", () =>
    Effect.gen(function* () {
      const headers = Object.fromEntries(names.map((name) => [name, "polluted"]))
      const odd = Object.assign(Object.create(null) as Record<string, string>, headers)
      Object.defineProperty(odd, "__proto__", { value: "polluted", enumerable: true })
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(
          isTokenCall(request)
            ? answer(201, tokenBody(request, count), odd)
            : answer(429, "{}", { ...odd, "retry-after": "1" })
        )
      )
      yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.gen(function* () {
          const { token } = yield* gatekeeper.requestToken(yield* grantFor("merchant-1"))
          const { reason } = yield* Effect.flip(gatekeeper.organisation("m1"))
          assert.strictEqual(reason._tag === "RateLimited" && reason.retryAfter, 1_000)
          assertUnpolluted(token, reason)
        })
      )
    })
  )

  it.live("as the headers and the query of a merchant call, and of its answer", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(
          isTokenCall(request)
            ? tokenAnswer(request, count)
            : answer(200, "{}", { constructor: "polluted", prototype: "polluted" })
        )
      )
      const fields = JSON.parse(`{"__proto__":"a","constructor":"b","prototype":"c"}`) as Record<
        string,
        string
      >
      yield* withMerchantOn(server.url, (client) =>
        Effect.gen(function* () {
          const got = yield* client.get("/mandates", { headers: fields, urlParams: fields })
          assert.strictEqual(Object.entries(got.headers).length, 3)
          assertUnpolluted(got)
        })
      )
      assert.include(server.seen.at(-1)?.line, "__proto__=a&constructor=b&prototype=c")
    })
  )
})
