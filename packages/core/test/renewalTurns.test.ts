import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as RenewalTurns from "../src/internal/renewalTurns.ts"
import { seeded } from "./support/random.ts"

const patient = (key: string) => ({ key, isUrgent: () => false })

const startNow = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.forkChild(effect, { startImmediately: true })

/** Turns whose work is noted, and goes on until told. */
const noting = Effect.fnUntraced(function* (places: number) {
  const turns = RenewalTurns.make(places)
  const gate = yield* Deferred.make<void>()
  const ran: Array<string> = []
  const start = (key: string, isUrgent = false) =>
    startNow(
      turns.inTurn(
        { key, isUrgent: () => isUrgent },
        Effect.andThen(
          Effect.sync(() => ran.push(key)),
          Deferred.await(gate)
        )
      )
    )
  return { turns, gate, ran, start }
})

describe("RenewalTurns", () => {
  it.effect("in the order in which they came, and who gives up leaves no hole", () =>
    Effect.gen(function* () {
      const { gate, ran, start, turns } = yield* noting(1)
      const [first, second, third, fourth] = [
        yield* start("a"),
        yield* start("b"),
        yield* start("c"),
        yield* start("d")
      ]
      assert.deepStrictEqual(ran, ["a"])
      assert.strictEqual(turns.waiting(), 3)
      yield* Fiber.interrupt(third)
      assert.strictEqual(turns.waiting(), 2)
      assert.deepStrictEqual(ran, ["a"])
      yield* Deferred.succeed(gate, undefined)
      for (const fiber of [first, second, fourth]) yield* Fiber.join(fiber)
      assert.deepStrictEqual(ran, ["a", "b", "d"])
    })
  )

  it.effect("what somebody waits for needs no place, whenever he came", () =>
    Effect.gen(function* () {
      const { gate, ran, start, turns } = yield* noting(1)
      yield* start("a")
      yield* start("b")
      const promoted = yield* start("c")
      yield* start("d", true)
      turns.promote("c")
      turns.promote("nobody")
      yield* Effect.yieldNow
      assert.deepStrictEqual(ran, ["a", "d", "c"])
      assert.strictEqual(turns.waiting(), 1)
      yield* Fiber.interrupt(promoted)
      assert.deepStrictEqual(ran, ["a", "d", "c"], "the place of a is still taken")
      yield* Deferred.succeed(gate, undefined)
    })
  )

  it.effect("F38: 300 interrupted and promoted at random moments: every place comes back", () =>
    Effect.gen(function* () {
      const next = seeded(12)
      const places = 3
      const turns = RenewalTurns.make(places)
      let running = 0
      const work = Effect.gen(function* () {
        running++
        for (let step = next(5); step > 0; step--) yield* Effect.yieldNow
      }).pipe(Effect.ensuring(Effect.sync(() => running--)))
      const fibers: Array<Fiber.Fiber<void>> = []
      for (let index = 0; index < 300; index++) {
        fibers.push(yield* Effect.forkChild(turns.inTurn(patient(`k${index}`), work)))
        if (next(3) === 0) turns.promote(`k${next(index + 1)}`)
        const victim = fibers[next(fibers.length)]
        if (next(2) === 0 && victim !== undefined) yield* Fiber.interrupt(victim)
        if (next(4) === 0) yield* Effect.yieldNow
      }
      for (const fiber of fibers) yield* Fiber.await(fiber)
      assert.strictEqual(turns.waiting(), 0)
      assert.strictEqual(running, 0)
      // All places are free, and no more than there are.
      const gate = yield* Deferred.make<void>()
      for (let index = 0; index <= places; index++) {
        yield* startNow(turns.inTurn(patient(`z${index}`), Deferred.await(gate)))
      }
      assert.strictEqual(turns.waiting(), 1)
      yield* Deferred.succeed(gate, undefined)
    })
  )
})
