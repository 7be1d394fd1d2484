import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { minting, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

const reset = () => Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNRESET" } }))
const refused = () =>
  Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }))

/** Runs a fiber to its end while seconds go by. */
const inSeconds = <A, E>(fiber: Fiber.Fiber<A, E>, seconds: number) =>
  Effect.gen(function* () {
    for (let second = 0; second < seconds; second++) {
      yield* settle
      yield* TestClock.adjust("1 second")
    }
    yield* settle
    return yield* Fiber.await(fiber)
  })

describe("lost answers", () => {
  it.effect("F8: at most two requests whose answer never came; counted and told", () =>
    withBroker(reset, (broker, asked) =>
      Effect.gen(function* () {
        const grant = yield* grantFor("merchant-1")
        const listening = yield* Effect.forkChild(
          broker.events.pipe(Stream.take(3), Stream.runCollect),
          { startImmediately: true }
        )
        yield* settle
        const fiber = yield* Effect.forkChild(Effect.flip(broker.acquire(grant)))
        yield* inSeconds(fiber, 12)
        assert.strictEqual(asked.length, 2)
        assert.strictEqual((yield* broker.explain(grant)).answersLost, 2)
        const events = yield* Fiber.join(listening)
        assert.deepStrictEqual(
          events.map((event) => event._tag),
          ["AnswerLost", "AnswerLost", "Refused"]
        )
      })
    )
  )

  it.effect(
    "F17, F19: what was never sent is no lost answer, and is tried as often as the policy says",
    () =>
      withBroker(refused, (broker, asked) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          const fiber = yield* Effect.forkChild(Effect.flip(broker.acquire(grant)))
          yield* inSeconds(fiber, 12)
          assert.strictEqual(asked.length, 4)
          assert.strictEqual((yield* broker.explain(grant)).answersLost, 0)
        })
      )
  )

  it.effect("the count stays when it works again", () =>
    withBroker(
      (asked, count) => (count === 1 ? reset() : minting(asked, count)),
      (broker) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          const fiber = yield* Effect.forkChild(broker.acquire(grant))
          yield* inSeconds(fiber, 2)
          const explained = yield* broker.explain(grant)
          assert.strictEqual(explained.answersLost, 1)
          assert.strictEqual(explained.failures, 0)
          assert.strictEqual(explained.held?.tokenId, "token-2")
        })
    )
  )
})

it.effect("a request that the flight's deadline cut off is a lost answer too", () =>
  withBroker(
    () => new Promise(() => undefined),
    (broker, asked) =>
      Effect.gen(function* () {
        const grant = yield* grantFor("merchant-1")
        for (let flight = 0; flight < 3; flight++) {
          const fiber = yield* Effect.forkChild(Effect.exit(broker.acquire(grant)))
          yield* settle
          yield* TestClock.adjust("3 seconds")
          yield* settle
          yield* Fiber.join(fiber)
        }
        assert.strictEqual(asked.length, 3)
        assert.strictEqual((yield* broker.explain(grant)).answersLost, 3)
      }),
    { deadline: 3_000 }
  )
)
