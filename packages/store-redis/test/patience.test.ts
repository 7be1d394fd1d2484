import { assert, describe, it } from "@effect/vitest"
import type { StoreChange } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as Feed from "../src/internal/feed.ts"
import * as RedisDriver from "../src/RedisDriver.ts"
import { ask } from "./support/ask.ts"
import { settle } from "./support/settle.ts"

/** A client whose answers come when the test says so. */
const manual = () => {
  const open: Array<{ readonly answer: (value: unknown) => void; readonly words: string }> = []
  const dropped: Array<string | undefined> = []
  const client: RedisDriver.PromiseClient = {
    send: ({ words }) =>
      new Promise((answer) => {
        open.push({ answer, words: words.join(" ") })
      }),
    subscribe: () => Promise.reject(new Error("not here")),
    wayOf: (key) => key ?? "",
    drop: (key) => dropped.push(key)
  }
  return { client, dropped, open }
}

describe("F20: patience", () => {
  it.effect("an answer is waited for, and not longer than was said", () =>
    Effect.gen(function* () {
      const { client, dropped, open } = manual()
      const driver = yield* RedisDriver.make(client, 250)
      const asked = yield* Effect.forkChild(ask(driver, "a"))
      yield* settle
      for (let waited = 0; waited < 200; waited += 50) {
        yield* TestClock.adjust(50)
        assert.isUndefined(asked.pollUnsafe(), `given up after ${waited} ms`)
      }
      yield* TestClock.adjust(50)
      assert.strictEqual(yield* Fiber.join(asked), "TIMEOUT")
      assert.deepStrictEqual(dropped, ["a"])
      // While that answer is owed, the same way is not tried; others are.
      assert.strictEqual(yield* ask(driver, "a"), "TIMEOUT")
      assert.lengthOf(open, 1)
      const other = yield* Effect.forkChild(ask(driver, "b"))
      yield* settle
      open[1]?.answer("other")
      assert.strictEqual(yield* Fiber.join(other), "other")
      // The answer comes after all: nobody gets it, and the way is free.
      open[0]?.answer("late")
      yield* settle
      const again = yield* Effect.forkChild(ask(driver, "a"))
      yield* settle
      open[2]?.answer("again")
      assert.strictEqual(yield* Fiber.join(again), "again")
    })
  )

  it.effect("one who gives up does not hide that there is no answer", () =>
    Effect.gen(function* () {
      const { client, dropped } = manual()
      const driver = yield* RedisDriver.make(client, 250)
      const asked = yield* Effect.forkChild(ask(driver, "a"))
      yield* settle
      yield* Fiber.interrupt(asked)
      yield* TestClock.adjust(250)
      assert.deepStrictEqual(dropped, ["a"])
    })
  )

  it.effect("a subscription that is not made in time is given up, and ended when it is made", () =>
    Effect.gen(function* () {
      let made: ((stop: () => void) => void) | undefined
      let [stopped, aborted] = [0, false]
      const driver = yield* RedisDriver.make({
        ...manual().client,
        subscribe: (_channels, { signal }) =>
          new Promise((resolve) => {
            made = resolve
            signal.addEventListener("abort", () => (aborted = true))
          })
      })
      const subscribed = yield* Effect.forkChild(
        Effect.flip(Effect.scoped(driver.subscribe(["c"], () => undefined)))
      )
      yield* settle
      yield* TestClock.adjust(1_000)
      assert.strictEqual((yield* Fiber.join(subscribed)).code, "TIMEOUT")
      assert.isTrue(aborted)
      made?.(() => stopped++)
      yield* settle
      assert.strictEqual(stopped, 1)
    })
  )
})

describe("T24: the pulse of the feed", () => {
  const unheard: RedisDriver.OnMessage = () => undefined

  /** A driver that hears what it publishes, until it is told to be deaf. */
  const hearing = () => {
    const state = { deaf: false, subscriptions: 0, tell: unheard }
    const driver: RedisDriver.RedisDriver = {
      send: ({ words: [, channel = "", message = ""] }) =>
        Effect.sync(() => {
          if (!state.deaf) state.tell(channel, message)
        }),
      subscribe: (_, onMessage) =>
        Effect.sync(() => {
          state.subscriptions++
          state.tell = onMessage
          return { lost: Effect.never }
        }),
      missesMessages: false,
      drop: () => undefined,
      shards: Effect.succeed([])
    }
    return { driver, state }
  }

  it.effect("two beats that are not heard are the end of it, within a second", () =>
    Effect.gen(function* () {
      const { driver, state } = hearing()
      const changes = yield* Feed.make({ driver, channel: "changes", process: "p" })
      const heard: Array<StoreChange> = []
      const listen = Stream.runForEach(changes, (change) => Effect.sync(() => heard.push(change)))
      const first = yield* Effect.forkChild(Effect.flip(listen))
      const second = yield* Effect.forkChild(Effect.flip(listen))
      yield* TestClock.adjust("1 minute")
      state.tell("changes", '{"_tag":"Revoked","owner":"o"}')
      for (const nonsense of ["", "{", "null", '{"_tag":"Connected"}', '{"_tag":"Stored"}']) {
        state.tell("changes", nonsense)
      }
      yield* settle
      assert.deepStrictEqual(heard.map(({ _tag }) => _tag).toSorted(), [
        "Connected",
        "Connected",
        "Revoked",
        "Revoked"
      ])
      assert.strictEqual(state.subscriptions, 1)
      state.deaf = true
      yield* TestClock.adjust(300)
      assert.isUndefined(first.pollUnsafe())
      yield* TestClock.adjust(600)
      assert.include((yield* Fiber.join(first)).problem, "TIMEOUT")
      assert.include((yield* Fiber.join(second)).problem, "TIMEOUT")
      state.deaf = false
      const again = yield* Effect.forkChild(listen)
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(again.pollUnsafe())
      assert.strictEqual(state.subscriptions, 2)
    })
  )
})
