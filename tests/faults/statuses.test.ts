import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { grantFor } from "../support/broker.ts"
import { everyForm } from "../support/canary.ts"
import { answer, tokenAnswer, tokenBody } from "../support/hostileAnswers.ts"
import { refusal, withBrokerOn } from "../support/hostileClient.ts"
import { type Handle, hostileSocket } from "../support/hostileSocket.ts"

const html = "<html><script>canary-in-a-page</script><h1>Sign in</h1></html>"

/** How the body of an error may look, right or wrong. */
const bodies: ReadonlyArray<readonly [string, string]> = [
  ["nothing", ""],
  ["HTML", html],
  ["{}", "{}"],
  ["null", "null"],
  ["a list", "[[[]]]"],
  ["nulls", '{"returnCode":null,"returnDescription":null,"details":null}'],
  ["details as a list", '{"returnCode":"8888","details":[{"code":"E1","field":"scopes"}]}'],
  ["details as an object", '{"returnCode":"8888","details":{"code":"E1","field":"scopes"}}'],
  ["details of odd kinds", '{"returnCode":{"a":1},"details":[null,7,"x",[],{"code":[]},true]}'],
  ["deep details", `{"details":${"[".repeat(20_000)}${"]".repeat(20_000)}}`],
  ["2 000 details", `{"details":[${Array(2_000).fill('{"code":"E"}').join(",")}]}`],
  ["a lie about its kind", "\u0000\u0001\u0002"]
]

const always =
  (status: number, body: string, headers?: Record<string, string>): Handle =>
  (socket) =>
    socket.write(answer(status, body, headers))

describe("F1: trouble upstream", () => {
  it.live.each([500, 502, 503, 504])("%i with any body: four tries, then Unavailable", (status) =>
    Effect.forEach(bodies, ([name, body]) =>
      Effect.gen(function* () {
        const server = yield* hostileSocket(always(status, body))
        const { reason } = yield* withBrokerOn(server.url, (broker) =>
          Effect.flatMap(grantFor("merchant-1"), (grant) => Effect.flip(broker.acquire(grant)))
        )
        assert.strictEqual(reason._tag === "Unavailable" && reason.problem, "status", name)
        assert.strictEqual("status" in reason && reason.status, status)
        assert.notInclude(everyForm(reason), "canary-in-a-page")
        assert.strictEqual(server.seen.length, 4)
      })
    )
  )

  it.live("it passes: the next try has the token, and the body of the last one is forgotten", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(count < 4 ? answer(503, html) : tokenAnswer(request, count))
      )
      const token = yield* withBrokerOn(server.url, (broker) =>
        Effect.flatMap(grantFor("merchant-1"), (grant) => broker.acquire(grant))
      )
      assert.strictEqual(token.id as string, "token-4")
    })
  )
})

describe("F4: refusals", () => {
  it.live.each([
    [400, "InvalidRequest"],
    [403, "Forbidden"],
    [404, "OrganisationUnknown"],
    [412, "InvalidRequest"],
    [422, "InvalidRequest"]
  ] as const)("%i with any body is %s, asked once", ([status, tag]) =>
    Effect.forEach(bodies, ([name, body]) =>
      Effect.gen(function* () {
        const server = yield* hostileSocket(always(status, body))
        const { reason } = yield* withBrokerOn(server.url, (broker) =>
          Effect.flatMap(grantFor("merchant-1"), (grant) => Effect.flip(broker.acquire(grant)))
        )
        assert.strictEqual(reason._tag, tag, name)
        const details = "details" in reason ? (reason.details ?? []) : []
        assert.isAtMost(details.length, 20)
        if (name.startsWith("details as")) {
          assert.deepStrictEqual(details, [{ code: "E1", field: "scopes" }])
        }
        assert.notInclude(everyForm(reason), "canary-in-a-page")
        assert.strictEqual(server.seen.length, 1)
      })
    )
  )
})

describe("F2: a wait that no number can hold", () => {
  it.live.each([
    ["of 400 digits", "9".repeat(400)],
    ["of 5 000 digits", "9".repeat(5_000)],
    ...["1e400", "Infinity", "-1", "0x10", "", "1, 2"].map((wait) => [`"${wait}"`, wait] as const)
  ] as const)("a Retry-After %s is a typed error", ([, wait]) =>
    Effect.gen(function* () {
      for (const name of ["retry-after", "x-rate-limit-reset"]) {
        const server = yield* hostileSocket(always(429, "", { [name]: wait }))
        const reason = yield* refusal(server.url)
        assert.strictEqual(reason._tag, "RateLimited")
        const after = reason._tag === "RateLimited" ? (reason.retryAfter ?? 0) : -1
        assert.isTrue(Number.isFinite(after) && after >= 0)
      }
    })
  )
})

describe("F5: success of the wrong kind", () => {
  it.live.each([200, 202, 203, 204, 205, 206, 226, 299])(
    "%i is no token, though the body is a perfect one",
    (status) =>
      Effect.gen(function* () {
        const server = yield* hostileSocket((socket, request, count) => {
          const empty = status === 204 || status === 205
          socket.write(answer(status, empty ? "" : tokenBody(request, count)))
        })
        const { reason } = yield* withBrokerOn(server.url, (broker) =>
          Effect.gen(function* () {
            const error = yield* Effect.flip(broker.acquire(yield* grantFor("merchant-1")))
            assert.deepStrictEqual(yield* broker.entries, [])
            return error
          })
        )
        assert.strictEqual(reason._tag, "MalformedAnswer")
        assert.strictEqual(server.seen.length, 2)
      })
  )

  it.live("201 with nothing in it", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(always(201, ""))
      assert.strictEqual((yield* refusal(server.url))._tag, "MalformedAnswer")
    })
  )
})

describe("F11: a page instead of an answer", () => {
  it.live.each([200, 201, 401, 403, 503])("a sign-in page with %i is not quoted", (status) =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(always(status, html, { "content-type": "text/html" }))
      const reason = yield* refusal(server.url)
      assert.notInclude(everyForm(reason), "canary-in-a-page")
      assert.notInclude(everyForm(reason), "Sign in")
    })
  )

  it.live("what is right but calls itself a page is taken for what it is", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(answer(201, tokenBody(request, count), { "content-type": "text/html" }))
      )
      const token = yield* withBrokerOn(server.url, (broker) =>
        Effect.flatMap(grantFor("merchant-1"), (grant) => broker.acquire(grant))
      )
      assert.strictEqual(token.id as string, "token-1")
    })
  )
})
