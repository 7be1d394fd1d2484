import { assert, describe, it } from "@effect/vitest"
import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import { RateLimited, TokenError } from "@onbehalf/core/TokenError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import * as Admission from "../../packages/core/src/internal/admission.ts"
import { minting, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

describe("what comes all at once", () => {
  it.effect("F3: a burst of 401s shuts the circuit for a short while, not for each of them", () => {
    const gate = Promise.withResolvers<void>()
    return withBroker(
      async () => {
        await gate.promise
        return new Response("", { status: 401 })
      },
      (broker, asked) =>
        Effect.gen(function* () {
          const fibers = yield* Effect.forEach(
            Array.from({ length: 32 }, (_, index) => `merchant-${index}`),
            (merchant) =>
              Effect.flatMap(grantFor(merchant), (grant) =>
                Effect.forkChild(Effect.exit(broker.acquire(grant)))
              )
          )
          for (let turn = 0; turn < 10 && asked.length < 32; turn++) yield* settle
          assert.strictEqual(asked.length, 32)
          gate.resolve()
          for (const fiber of fibers) yield* Fiber.join(fiber)
          const { apiKeyRefusedFor } = yield* broker.explain(yield* grantFor("merchant-1"))
          assert.isAtMost(apiKeyRefusedFor, 1_000)
        })
    )
  })

  it.effect("invariant 8: revocations take turns with everything else", () =>
    withBroker(
      () => new Promise(() => undefined),
      (broker, asked) =>
        Effect.gen(function* () {
          for (let merchant = 0; merchant < 50; merchant++) {
            yield* Effect.forkChild(Effect.exit(broker.revokeOrganisation(`merchant-${merchant}`)))
          }
          yield* settle
          assert.strictEqual(asked.length, 4)
        }),
      { concurrency: 4 }
    )
  )

  it.effect("F2: a 429 to a revocation closes the gate, for revocations too", () =>
    withBroker(
      () => new Response("", { status: 429, headers: { "retry-after": "60" } }),
      (broker, asked) =>
        Effect.gen(function* () {
          for (let merchant = 0; merchant < 20; merchant++) {
            const { outcome } = yield* broker.revokeOrganisation(`merchant-${merchant}`)
            assert.strictEqual(outcome, "unconfirmed")
          }
          assert.strictEqual(asked.length, 1)
        })
    )
  )

  it.effect("a part of a request at a time is refused by name", () =>
    Effect.gen(function* () {
      const broker = withBroker(minting, () => Effect.void, { concurrency: 2.5 })
      const { code, message } = yield* Effect.flip(broker)
      assert.strictEqual(code, "invalid_configuration")
      assert.include(message, "concurrency")
    })
  )

  it.effect("who got a caller while it waited at the gate goes before renewals", () =>
    Effect.gen(function* () {
      const admission = Admission.make({
        now: monotonicMillis(yield* Clock.Clock),
        concurrency: 1,
        maximumWait: 5_000
      })
      const key = (name: string) => ({ text: name, owner: name, organisation: name })
      const order: Array<string> = []
      const urgent = new Set<string>()
      const enter = (name: string) =>
        admission.admit(
          key(name),
          () => urgent.has(name),
          Effect.andThen(
            Effect.sync(() => order.push(name)),
            Effect.sleep(10)
          )
        )
      const limited = new TokenError({ reason: new RateLimited({ retryAfter: 300 }) })
      yield* Effect.exit(admission.admit(key("first"), () => true, Effect.fail(limited)))
      const fibers = yield* Effect.forEach(["a", "b", "c", "d"], (name) =>
        Effect.forkChild(enter(name))
      )
      yield* settle
      urgent.add("d")
      for (let step = 0; step < 40; step++) {
        yield* TestClock.adjust(10)
        yield* settle
      }
      for (const fiber of fibers) yield* Fiber.join(fiber)
      // Whoever wakes first may be in place already.
      assert.include(order.slice(0, 2), "d")
    })
  )
})
