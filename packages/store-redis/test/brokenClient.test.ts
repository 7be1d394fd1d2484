import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as Feed from "../src/internal/feed.ts"
import * as RedisDriver from "../src/RedisDriver.ts"
import { ask } from "./support/ask.ts"
import { settle } from "./support/settle.ts"

const broken = (): never => {
  throw new Error("sentence of a client")
}

/** Answers everything, hears nothing. */
const answering: RedisDriver.PromiseClient = {
  send: () => Promise.resolve("answer"),
  subscribe: () => Promise.resolve(() => undefined)
}

describe("a client that does not keep its promises", () => {
  it.effect("F20: throws where it should reject: a failure, and heard when it answers", () =>
    Effect.gen(function* () {
      let answer = broken as RedisDriver.PromiseClient["send"]
      const client = { ...answering, send: (command) => answer(command) } satisfies typeof answering
      const driver = yield* RedisDriver.make(client, 250)
      assert.strictEqual(yield* ask(driver, "a"), "DISCONNECTED")
      answer = answering.send
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* ask(driver, "a"), "answer")
    })
  )

  it.effect("F20: loses an answer for good: after ten seconds it is asked again", () =>
    Effect.gen(function* () {
      let answer: RedisDriver.PromiseClient["send"] = () => new Promise(() => undefined)
      const client = { ...answering, send: (command) => answer(command) } satisfies typeof answering
      const driver = yield* RedisDriver.make(client, 250)
      const lost = yield* Effect.forkChild(ask(driver, "a"))
      yield* settle
      yield* TestClock.adjust("250 millis")
      assert.strictEqual(yield* Fiber.join(lost), "TIMEOUT")
      answer = answering.send
      assert.strictEqual(yield* ask(driver, "a"), "TIMEOUT")
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* ask(driver, "a"), "answer")
    })
  )

  it.effect("F20: fails to close what does not answer: everybody is given up in time", () =>
    Effect.gen(function* () {
      const silent = { ...answering, send: () => new Promise(() => undefined), drop: broken }
      const driver = yield* RedisDriver.make({ ...silent, wayOf: String }, 250)
      for (const key of ["a", "b"]) {
        const asked = yield* Effect.forkChild(ask(driver, key))
        yield* settle
        yield* TestClock.adjust(250)
        assert.strictEqual(yield* Fiber.join(asked), "TIMEOUT")
      }
    })
  )

  it.effect("throws where it should listen, or name its servers", () =>
    Effect.gen(function* () {
      const driver = yield* RedisDriver.make({ ...answering, subscribe: broken, shards: broken })
      const subscribe = Effect.scoped(driver.subscribe(["c"], () => undefined))
      assert.strictEqual((yield* Effect.flip(subscribe)).code, "DISCONNECTED")
      assert.strictEqual((yield* Effect.flip(driver.shards)).code, "DISCONNECTED")
    })
  )

  it.effect("T24: never comes to an end of listening: all hear that the feed is lost", () =>
    Effect.gen(function* () {
      const subscribe = () => Promise.resolve(() => new Promise(() => undefined))
      const driver = yield* RedisDriver.make({ ...answering, subscribe })
      const changes = yield* Feed.make({ driver, channel: "changes", process: "p" })
      const listening = yield* Effect.forkChild(Effect.flip(Stream.runDrain(changes)))
      yield* settle
      yield* TestClock.adjust("1 second")
      yield* settle
      assert.isDefined(listening.pollUnsafe())
      assert.include((yield* Fiber.join(listening)).problem, "TIMEOUT")
    })
  )
})
