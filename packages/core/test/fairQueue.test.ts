import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FairQueue from "../src/internal/fairQueue.ts"
import { seeded } from "./support/random.ts"

const asker = (key: string, urgent = true): FairQueue.Asker => ({ key, owner: key, urgent })

describe("FairQueue", () => {
  it.effect("who gives up in the queue leaves no hole, and nobody gets two places", () =>
    Effect.gen(function* () {
      const queue = FairQueue.make(1)
      const gate = yield* Deferred.make<void>()
      const ran: Array<string> = []
      const enter = (key: string) =>
        Effect.forkChild(
          queue.withPlace(asker(key), (restore) =>
            restore(
              Effect.andThen(
                Effect.sync(() => ran.push(key)),
                Deferred.await(gate)
              )
            )
          ),
          { startImmediately: true }
        )
      const first = yield* enter("a")
      const second = yield* enter("b")
      const third = yield* enter("c")
      assert.strictEqual(queue.waiting(), 2)
      yield* Fiber.interrupt(second)
      assert.strictEqual(queue.waiting(), 1)
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(first)
      yield* Fiber.join(third)
      assert.deepStrictEqual(ran, ["a", "c"])
      yield* queue.withPlace(asker("d"), () => Effect.sync(() => ran.push("d")))
      assert.deepStrictEqual(ran, ["a", "c", "d"])
      assert.strictEqual(queue.waiting(), 0)
    })
  )

  it.effect("F38: 300 askers interrupted at random moments: every place comes back", () =>
    Effect.gen(function* () {
      const next = seeded(11)
      const places = 3
      const queue = FairQueue.make(places)
      const now = { running: 0, most: 0 }
      const work = Effect.gen(function* () {
        now.running++
        now.most = Math.max(now.most, now.running)
        for (let step = next(5); step > 0; step--) yield* Effect.yieldNow
      }).pipe(Effect.ensuring(Effect.sync(() => now.running--)))
      const fibers: Array<Fiber.Fiber<void>> = []
      for (let index = 0; index < 300; index++) {
        const who: FairQueue.Asker = {
          key: `k${index}`,
          owner: `o${next(7)}`,
          urgent: next(2) === 0
        }
        fibers.push(yield* Effect.forkChild(queue.withPlace(who, (restore) => restore(work))))
        if (next(3) === 0) queue.promote(`k${next(index + 1)}`)
        const victim = fibers[next(fibers.length)]
        if (next(2) === 0 && victim !== undefined) yield* Fiber.interrupt(victim)
        if (next(4) === 0) yield* Effect.yieldNow
      }
      for (const fiber of fibers) yield* Fiber.await(fiber)
      assert.strictEqual(queue.waiting(), 0)
      assert.strictEqual(now.running, 0)
      assert.isAtMost(now.most, places)
      // All places are free: as many as there are run side by side.
      const gate = yield* Deferred.make<void>()
      const last = yield* Effect.forEach([1, 2, 3], (index) =>
        Effect.forkChild(
          queue.withPlace(asker(`z${index}`), (restore) => restore(Deferred.await(gate))),
          {
            startImmediately: true
          }
        )
      )
      assert.strictEqual(queue.waiting(), 0)
      yield* Deferred.succeed(gate, undefined)
      for (const fiber of last) yield* Fiber.join(fiber)
    })
  )
})
