import { assert, describe, it } from "@effect/vitest"
import * as TokenSeal from "@onbehalf/core/TokenSeal"
import { testToken } from "@onbehalf/store-testkit"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as crypto from "node:crypto"
import { since } from "../src/internal/moment.ts"
import * as Records from "../src/internal/records.ts"
import * as Store from "../src/internal/store.ts"
import { key, sealKey } from "./support/store.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"
import { directWriter } from "./support/directWriter.ts"

const hour = 3_600_000

/** Both clocks, in hand. */
const makeClock = () => {
  const time = { wall: 1_700_000_000_000, uptime: 5 * hour }
  const nanos = () => BigInt(time.uptime) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => time.wall,
    currentTimeMillis: Effect.sync(() => time.wall),
    currentTimeNanosUnsafe: () => BigInt(time.wall) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(time.wall) * 1_000_000n),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: () => Effect.never
  }
  return { clock, time }
}

/** What is left of a ten-minute token, after something happened to the clocks. */
const leftAfter = (change: (time: { wall: number; uptime: number }) => void) =>
  Effect.scoped(
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      const { clock, time } = makeClock()
      const store = Effect.gen(function* () {
        const seal = yield* TokenSeal.make({ sealKey }, crypto)
        return yield* Store.make(yield* directWriter(directory), Records.make(seal, clock))
      })
      return yield* Effect.gen(function* () {
        const first = yield* store
        const { generation } = yield* first.get(key("m1"))
        yield* first.put(testToken(key("m1"), "t1", { issued: time.uptime }), generation)
        change(time)
        const { held } = yield* (yield* store).get(key("m1"))
        return held === undefined ? undefined : held.lifetime.end - time.uptime
      }).pipe(Effect.provideService(Clock.Clock, clock))
    })
  )

describe("a token's life in the file", () => {
  it.live("counts by both clocks", () =>
    Effect.gen(function* () {
      const left = yield* leftAfter((time) => {
        time.wall += 5_000
        time.uptime += 5_000
      })
      assert.strictEqual(left, 595_000)
    })
  )

  it.live("F13: does not grow when the clock is set back", () =>
    Effect.gen(function* () {
      const left = yield* leftAfter((time) => {
        time.wall -= hour
        time.uptime += 5_000
      })
      assert.strictEqual(left, 595_000)
    })
  )

  it.live("F36: ends while the machine sleeps", () =>
    Effect.gen(function* () {
      const left = yield* leftAfter((time) => {
        time.wall += hour
      })
      assert.isAtMost(left ?? 0, 0)
    })
  )

  it.live("goes on after the machine was started anew", () =>
    Effect.gen(function* () {
      const left = yield* leftAfter((time) => {
        time.wall += 60_000
        time.uptime = 10_000
      })
      assert.strictEqual(left, 540_000)
    })
  )

  it.live("is over where no clock can tell", () =>
    Effect.gen(function* () {
      const left = yield* leftAfter((time) => {
        time.wall -= hour
        time.uptime = 10_000
      })
      assert.isAtMost(left ?? 0, 0)
    })
  )
})

describe("since", () => {
  it("believes the clock that says it was longer ago, and none that says it lies ahead", () => {
    const then = { wall: 1_000, uptime: 50 }
    assert.strictEqual(since(then, { wall: 1_010, uptime: 70 }), 20)
    assert.strictEqual(since(then, { wall: 1_030, uptime: 60 }), 30)
    assert.strictEqual(since(then, { wall: 900, uptime: 60 }), 10)
    assert.strictEqual(since(then, { wall: 1_005, uptime: 3 }), 5)
    assert.strictEqual(since(then, { wall: 900, uptime: 3 }), Number.POSITIVE_INFINITY)
  })
})
