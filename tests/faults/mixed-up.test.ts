import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { grantFor } from "../support/broker.ts"
import { tokenAnswer } from "../support/hostileAnswers.ts"
import { withBrokerOn, wordOf } from "../support/hostileClient.ts"
import { type Arrived, hostileSocket } from "../support/hostileSocket.ts"

type Overrides = (request: Arrived, count: number) => Record<string, unknown>

const mixingUp = (overrides: Overrides) =>
  hostileSocket((socket, request, count) =>
    socket.write(tokenAnswer(request, count, overrides(request, count)))
  )

const wrong: ReadonlyArray<readonly [string, string, Record<string, unknown>]> = [
  ["another organisation", "organisation", { requestedOrganisation: "merchant-9" }],
  ["another case of the id", "organisation", { requestedOrganisation: "MERCHANT-1" }],
  ["the id and more", "organisation", { requestedOrganisation: "merchant-1 " }],
  ["a list with the id", "organisation", { requestedOrganisation: ["merchant-1"] }],
  ["nobody", "organisation", { requestedOrganisation: null }],
  ["the partner", "organisation", { requestedOrganisation: "partner-1" }],
  ["another scope", "scopes", { scopes: ["openbanking_pisp"] }],
  ["no scope", "scopes", { scopes: [] }],
  ["a scope that only looks the same", "scopes", { scopes: ["\u0430dmin"] }],
  ["a scope in another case", "scopes", { scopes: ["ADMIN"] }],
  ["all scopes in one text", "scopes", { scopes: ["admin openbanking_pisp"] }],
  ["another type", "type", { tokenType: "MAC" }],
  ["no type", "type", { tokenType: null }],
  ["REVOKED", "status", { status: "REVOKED" }],
  ["a status of tomorrow", "status", { status: "PENDING" }],
  ["no status", "status", { status: undefined }]
]

describe("F14: a perfect token, but not the one asked for", () => {
  it.live.each(wrong)(
    "%s: refused as %s, told, not kept, asked for twice and no more",
    ([, word, fields]) =>
      Effect.gen(function* () {
        const server = yield* mixingUp(() => fields)
        yield* withBrokerOn(server.url, (broker) =>
          Effect.gen(function* () {
            const told = yield* Effect.forkChild(
              broker.events.pipe(Stream.take(1), Stream.runCollect),
              { startImmediately: true }
            )
            const source = yield* broker.source(yield* grantFor("merchant-1"))
            const { reason } = yield* Effect.flip(source.token())
            assert.strictEqual(wordOf(reason), word)
            assert.strictEqual("organisation" in reason && reason.organisation, "merchant-1")
            assert.isUndefined(source.peek())
            assert.deepStrictEqual(yield* broker.entries, [])
            const [event] = yield* Fiber.join(told)
            assert.strictEqual(event?._tag, "Refused")
          })
        )
        assert.strictEqual(server.seen.length, 2)
      })
  )

  it.live("a right answer after a wrong one is taken", () =>
    Effect.gen(function* () {
      const server = yield* mixingUp((_, count) => (count === 1 ? { status: "REVOKED" } : {}))
      const token = yield* withBrokerOn(server.url, (broker) =>
        Effect.flatMap(grantFor("merchant-1"), (grant) => broker.acquire(grant))
      )
      assert.strictEqual(token.id as string, "token-2")
    })
  )
})

describe("one token for two merchants", () => {
  const shared: ReadonlyArray<readonly [string, Record<string, string>]> = [
    ["F15: the same id", { id: "token-of-all" }],
    ["F16: the same text", { accessToken: "text-of-all" }],
    ["F15, F16: both", { id: "token-of-all", accessToken: "text-of-all" }]
  ]

  it.live.each(shared)(
    "%s: who comes second gets nothing, ever; who came first keeps it",
    ([, same]) =>
      Effect.gen(function* () {
        const server = yield* mixingUp(() => same)
        yield* withBrokerOn(server.url, (broker) =>
          Effect.gen(function* () {
            const first = yield* broker.source(yield* grantFor("merchant-1"))
            yield* first.token()
            for (const other of ["merchant-2", "merchant-3", "merchant-2"]) {
              const { reason } = yield* Effect.flip(broker.acquire(yield* grantFor(other)))
              assert.strictEqual(wordOf(reason), "reused")
            }
            assert.strictEqual(first.peek()?.organisation, "merchant-1")
            assert.deepStrictEqual(
              (yield* broker.entries).map(({ organisation }) => organisation),
              ["merchant-1"]
            )
          })
        )
      })
  )

  it.live("F15, F16: 30 merchants at once, one token: exactly one of them has it", () =>
    Effect.gen(function* () {
      const server = yield* mixingUp(() => ({ id: "token-of-all", accessToken: "text-of-all" }))
      const merchants = Array.from({ length: 30 }, (_, merchant) => `merchant-${merchant}`)
      const tokens = yield* withBrokerOn(server.url, (broker) =>
        Effect.forEach(
          merchants,
          (merchant) => Effect.option(Effect.flatMap(grantFor(merchant), broker.acquire)),
          { concurrency: "unbounded" }
        )
      )
      assert.strictEqual(tokens.filter(({ _tag }) => _tag === "Some").length, 1)
    })
  )
})
