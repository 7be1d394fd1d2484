import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import { minting, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

/** Fibers that are alive, and timers that would keep the process so. */
const alive = Effect.map(Metric.snapshot, (metrics) => {
  const gauge = metrics.find(({ id }) => id === "child_fibers_active")
  return {
    fibers: gauge?.type === "Gauge" ? Number(gauge.state.value) : Number.NaN,
    timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
  }
})

describe("F38: callers that give up leave nothing behind", () => {
  it.live("no fiber, no timer, no entry, at whatever point they go", () =>
    withBroker(
      async (asked, count) => {
        await new Promise((resolve) => setImmediate(resolve))
        return minting(asked, count)
      },
      (broker) =>
        Effect.gen(function* () {
          yield* settle
          const before = yield* alive
          assert.isAbove(before.fibers, 0)
          for (let point = 0; point < 80; point++) {
            const source = yield* broker.source(yield* grantFor(`merchant-${point}`))
            const doomed = yield* Effect.forkChild(source.token())
            const other = yield* Effect.forkChild(source.token())
            for (let turn = 0; turn < point; turn++) yield* Effect.yieldNow
            yield* Fiber.interrupt(doomed)
            yield* Fiber.join(other)
          }
          yield* settle
          const after = yield* alive
          assert.strictEqual(after.fibers, before.fibers)
          // A timer of what runs the tests may have ended meanwhile.
          assert.isAtMost(after.timers, before.timers)
          assert.strictEqual((yield* broker.entries).length, 80)
        })
    ).pipe(Metric.enableRuntimeMetrics)
  )
})
