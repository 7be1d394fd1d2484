import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { minting, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

describe("invariant 4: one fetch", () => {
  it.effect("10 000 callers on a cold key: one request, one token", () =>
    withBroker(minting, (broker, asked) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1"))
        const tokens = yield* Effect.all(
          Array.from({ length: 10_000 }, () => source.token()),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(tokens).size, 1)
        assert.strictEqual(asked.length, 1)
        assert.strictEqual(source.peek(), tokens[0])
      })
    )
  )

  it.effect("two handles on one grant share it too, a third scope set does not", () =>
    withBroker(minting, (broker, asked) =>
      Effect.gen(function* () {
        const grant = yield* grantFor("merchant-1")
        yield* Effect.all([broker.acquire(grant), broker.acquire(grant)], { concurrency: 2 })
        assert.strictEqual(asked.length, 1)
        yield* broker.acquire(yield* grantFor("merchant-2"))
        assert.strictEqual(asked.length, 2)
      })
    )
  )

  it.effect("failures are shared the same way: 100 callers, one retry sequence", () =>
    withBroker(
      () => new Response("", { status: 503 }),
      (broker, asked) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1"))
          const fiber = yield* Effect.forkChild(
            Effect.all(
              Array.from({ length: 100 }, () => Effect.exit(source.token())),
              { concurrency: "unbounded" }
            )
          )
          for (let step = 0; step < 20; step++) {
            yield* settle
            yield* TestClock.adjust("250 millis")
          }
          const exits = yield* Fiber.join(fiber)
          assert.strictEqual(asked.length, 4)
          assert.isTrue(exits.every(Exit.isFailure))
          // The failure is not remembered: the next caller asks again.
          const again = yield* Effect.forkChild(Effect.exit(source.token()))
          yield* settle
          assert.strictEqual(asked.length, 5)
          yield* Fiber.interrupt(again)
        })
    )
  )

  it.effect("50 holders of one refused token cause one renewal", () =>
    withBroker(minting, (broker, asked) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1"))
        const refused = yield* source.token()
        const tokens = yield* Effect.all(
          Array.from({ length: 50 }, () =>
            Effect.andThen(source.invalidate(refused), source.token())
          ),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual([...new Set(tokens.map((token) => token.id as string))], ["token-2"])
        assert.strictEqual(asked.length, 2)
        assert.isFalse(yield* source.invalidate(refused))
      })
    )
  )

  it.effect("what the API says no to is not tried again", () =>
    Effect.gen(function* () {
      for (const status of [400, 401, 403, 404, 405, 422, 501]) {
        yield* withBroker(
          () => new Response("", { status }),
          (broker, asked) =>
            Effect.gen(function* () {
              const error = yield* Effect.flip(broker.acquire(yield* grantFor("merchant-1")))
              assert.isFalse(error.retryable)
              assert.strictEqual(asked.length, 1)
            })
        )
      }
    })
  )

  it.effect("F2: Retry-After is honoured, and fails at once where it is too long", () =>
    Effect.gen(function* () {
      yield* withBroker(
        (asked, count) =>
          count === 1
            ? new Response("", { status: 429, headers: { "retry-after": "3" } })
            : minting(asked, count),
        (broker, asked) =>
          Effect.gen(function* () {
            const fiber = yield* Effect.forkChild(broker.acquire(yield* grantFor("merchant-1")))
            yield* settle
            yield* TestClock.adjust("2900 millis")
            yield* settle
            assert.strictEqual(asked.length, 1)
            yield* TestClock.adjust("200 millis")
            yield* settle
            assert.strictEqual((yield* Fiber.join(fiber)).id as string, "token-2")
          })
      )
      yield* withBroker(
        () => new Response("", { status: 429, headers: { "retry-after": "1000000000" } }),
        (broker, asked) =>
          Effect.gen(function* () {
            const { reason } = yield* Effect.flip(broker.acquire(yield* grantFor("merchant-1")))
            assert.strictEqual(reason._tag === "RateLimited" && reason.retryAfter, 1e12)
            assert.strictEqual(asked.length, 1)
          })
      )
    })
  )
})
