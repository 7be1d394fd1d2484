import { assert, describe, it } from "@effect/vitest"
import * as Grant from "@onbehalf/core/Grant"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { minting, settle, tokenAnswer } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

describe("invariant 2: alive only", () => {
  it.effect(
    "a ten-second token, one call a second for a minute: at most 9 fetches, none expired",
    () =>
      withBroker(minting, (broker, asked) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1", 10))
          const issued = new Map<string, number>()
          for (let second = 0; second < 60; second++) {
            // Only the first call waits: every other finds a token held.
            assert.strictEqual(source.peek() === undefined, second === 0)
            const token = yield* source.token()
            yield* settle
            if (!issued.has(token.id)) issued.set(token.id, second)
            assert.isBelow(second - (issued.get(token.id) ?? 0), 9)
            yield* TestClock.adjust("1 second")
          }
          assert.isAtMost(asked.length, 9)
          assert.isAtLeast(asked.length, 7)
        })
      )
  )

  it.effect("a caller who needs more gets a younger token", () =>
    withBroker(minting, (broker) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1", 60))
        assert.strictEqual((yield* source.token()).id, "token-1")
        yield* TestClock.adjust("20 seconds")
        assert.strictEqual((yield* source.token({ minimumValidity: 30_000 })).id, "token-1")
        assert.strictEqual(source.peek(40_000), undefined)
        assert.strictEqual((yield* source.token({ minimumValidity: 40_000 })).id, "token-2")
        assert.strictEqual(source.peek()?.id as string, "token-2")
      })
    )
  )

  it.effect("what no token of the grant could satisfy is refused before a request", () =>
    withBroker(minting, (broker, asked) =>
      Effect.gen(function* () {
        const grant = yield* grantFor("merchant-1", 10)
        for (const minimumValidity of [9_000, 60_000, -1, Number.NaN]) {
          const error = yield* Effect.flip(broker.acquire(grant, { minimumValidity }))
          assert.strictEqual(error.code, "invalid_request")
        }
        assert.strictEqual(asked.length, 0)
      })
    )
  )

  it.effect("less than nothing is no way to a dead token", () =>
    withBroker(
      (asked, count) => (count === 1 ? minting(asked, count) : new Response("", { status: 404 })),
      (broker) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1", 10))
          yield* source.token()
          yield* TestClock.adjust("10 seconds")
          for (const minimumValidity of [-60_000, Number.NaN]) {
            assert.isUndefined(source.peek(minimumValidity))
            const error = yield* Effect.flip(source.token({ minimumValidity }))
            assert.strictEqual(error.code, "invalid_request")
          }
        })
    )
  )

  it.effect("F12: a token whose life passed on the way is not handed out", () =>
    withBroker(
      async (_, count) => {
        await gates[count - 1]?.promise
        return count === 1
          ? tokenAnswer({ id: "t1", expiryTime: 1_800_000_010_000 })
          : new Response("", { status: 503 })
      },
      (broker) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1", 10)
          const fiber = yield* Effect.forkChild(broker.acquire(grant))
          yield* settle
          yield* TestClock.adjust("4900 millis")
          gates[0]?.resolve()
          yield* settle
          assert.strictEqual((yield* Fiber.join(fiber)).id as string, "t1")
          // Nine seconds after it was asked for, not after it arrived.
          yield* TestClock.adjust("4 seconds")
          const source = yield* broker.source(grant)
          assert.strictEqual(source.peek()?.id as string, "t1")
          yield* TestClock.adjust("100 millis")
          assert.strictEqual(source.peek(), undefined)
        })
    )
  )

  it.effect("an application token of unknown life is used once and not kept", () =>
    withBroker(
      (_, count) =>
        tokenAnswer({
          id: `t${count}`,
          accessToken: `text-${count}`,
          resourceId: "r1",
          expiryTime: undefined
        }),
      (broker) =>
        Effect.gen(function* () {
          const grant = yield* Grant.forApplication({
            organisationId: "merchant-1",
            products: ["emandates"],
            resourceId: "r1"
          })
          assert.strictEqual((yield* broker.acquire(grant)).id as string, "t1")
          assert.strictEqual((yield* broker.acquire(grant)).id as string, "t2")
          assert.deepStrictEqual(yield* broker.entries, [])
        })
    )
  )
})

const gates = [Promise.withResolvers<void>()]

describe("invariant 2: what a caller may ask for", () => {
  it.effect("less than no life is refused, for an application's grant as well", () =>
    withBroker(minting, (broker, asked) =>
      Effect.gen(function* () {
        const grants = [
          yield* grantFor("merchant-1"),
          yield* Effect.orDie(
            Grant.forApplication({
              organisationId: "merchant-1",
              products: ["emandates"],
              resourceId: "r1"
            })
          )
        ]
        for (const grant of grants) {
          for (const options of [
            { minimumValidity: -100_000 },
            { minimumValidity: Number.NaN },
            { deadline: Number.NaN },
            { deadline: -1 }
          ]) {
            const { code } = yield* Effect.flip(broker.acquire(grant, options))
            assert.strictEqual(code, "invalid_request")
          }
        }
        assert.strictEqual(asked.length, 0)
      })
    )
  )

  it.effect("more than the upstream gives costs one request, and says so", () =>
    withBroker(
      (_, count) =>
        tokenAnswer({
          id: `t-${count}`,
          accessToken: `text-${count}`,
          expiryTime: 1_800_000_300_000
        }),
      (broker, asked) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1", 600))
          for (let call = 0; call < 20; call++) {
            const { code, message } = yield* Effect.flip(source.token({ minimumValidity: 400_000 }))
            assert.strictEqual(code, "invalid_request")
            assert.include(message, "270000")
          }
          assert.strictEqual(asked.length, 1)
        })
    )
  )
})
