import { assert, describe, it } from "@effect/vitest"
import { type StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { FaultyStore, testKey, testToken } from "../src/index.ts"
import type { FaultPlan, Operation } from "../src/FaultyStore.ts"

const { corrupt, delay, drop, fail, hang, lose, script, seeded } = FaultyStore

const key = testKey()
const token = testToken(key, "t1")

/** A store in trouble, and the healthy one behind it. */
const using = <A, E>(
  plan: FaultPlan,
  use: (faulty: TokenStore["Service"], healthy: TokenStore["Service"]) => Effect.Effect<A, E>
) =>
  Effect.gen(function* () {
    const healthy = yield* MemoryStore.make()
    const layer = Layer.provide(FaultyStore.layer(plan), Layer.succeed(TokenStore, healthy))
    return yield* TokenStore.use((faulty) => use(faulty, healthy)).pipe(Effect.provide(layer))
  })

/** Every operation, as an effect that ends with the operation's answer. */
const calls = (
  store: TokenStore["Service"]
): Record<Exclude<Operation, "change">, Effect.Effect<unknown, StoreError>> => ({
  get: store.get(key),
  put: store.put(token, 0),
  remove: store.remove(key, "t1"),
  revoke: store.revoke(key.owner),
  lease: Effect.scoped(store.lease(key, 1_000)),
  changes: Stream.runHead(store.changes),
  entries: store.entries
})

const operations = ["get", "put", "remove", "revoke", "lease", "changes", "entries"] as const

describe("FaultyStore", () => {
  it.effect.each([...operations])("%s: fails by the script, and then no more", (operation) =>
    using(script({ [operation]: [fail, undefined, fail] }), (faulty) =>
      Effect.gen(function* () {
        const outcomes: Array<string> = []
        for (let count = 0; count < 4; count++) {
          const outcome = yield* Effect.result(calls(faulty)[operation])
          outcomes.push(outcome._tag)
          if (outcome._tag === "Failure") {
            assert.strictEqual(outcome.failure.operation, operation)
          }
        }
        assert.deepStrictEqual(outcomes, ["Failure", "Success", "Failure", "Success"])
      })
    )
  )

  it.effect.each([...operations])("%s: hangs until it is interrupted, and is late", (operation) =>
    using(script({ [operation]: [hang, delay(500)] }), (faulty) =>
      Effect.gen(function* () {
        const hanging = yield* Effect.forkChild(calls(faulty)[operation])
        yield* TestClock.adjust("1 day")
        assert.isUndefined(hanging.pollUnsafe())
        yield* Fiber.interrupt(hanging)
        const late = yield* Effect.forkChild(calls(faulty)[operation])
        yield* TestClock.adjust(499)
        assert.isUndefined(late.pollUnsafe())
        yield* TestClock.adjust(1)
        yield* Fiber.join(late)
      })
    )
  )

  it.effect("what failed was not done; what lost its answer was", () =>
    using(script({ put: [fail, lose], revoke: [fail, lose] }), (faulty, healthy) =>
      Effect.gen(function* () {
        const held = Effect.map(healthy.get(key), (lookup) => lookup.held?.token.id)
        yield* Effect.flip(faulty.put(token, 0))
        assert.isUndefined(yield* held)
        yield* Effect.flip(faulty.put(token, 0))
        assert.strictEqual(yield* held, token.token.id)
        yield* Effect.flip(faulty.revoke(key.owner))
        assert.strictEqual(yield* held, token.token.id)
        yield* Effect.flip(faulty.revoke(key.owner))
        assert.isUndefined(yield* held)
      })
    )
  )

  it.effect("a corrupt look gives a record of another key", () =>
    using(script({ get: [corrupt, corrupt] }), (faulty) =>
      Effect.gen(function* () {
        assert.isUndefined((yield* faulty.get(key)).held)
        yield* faulty.put(token, 0)
        const held = (yield* faulty.get(key)).held
        assert.strictEqual(held?.token.id, token.token.id)
        assert.notStrictEqual(held?.key.text, key.text)
        assert.notStrictEqual(held?.key.owner, key.owner)
        assert.strictEqual((yield* faulty.get(key)).held?.key.text, key.text)
      })
    )
  )

  it.effect("a dropped put is said to be stored", () =>
    using(script({ put: [drop] }), (faulty) =>
      Effect.gen(function* () {
        assert.strictEqual(yield* faulty.put(token, 0), "stored")
        assert.isUndefined((yield* faulty.get(key)).held)
        assert.strictEqual(yield* faulty.put(token, 0), "stored")
        assert.isDefined((yield* faulty.get(key)).held)
      })
    )
  )

  it.effect("changes are dropped, and the feed is lost, but Connected is always told", () =>
    using(script({ change: [drop, undefined, drop, fail] }), (faulty, healthy) =>
      Effect.gen(function* () {
        const heard: Array<string> = []
        const listening = yield* faulty.changes.pipe(
          Stream.runForEach((change) =>
            Effect.sync(() => heard.push("owner" in change ? change.owner : change._tag))
          ),
          Effect.forkChild
        )
        yield* Effect.yieldNow
        for (const owner of ["m1", "m2", "m3", "m4", "m5"]) yield* healthy.revoke(owner)
        const error = yield* Effect.flip(Fiber.join(listening))
        assert.strictEqual(error.operation, "changes")
        assert.deepStrictEqual(heard, ["Connected", "m2"])
      })
    )
  )

  it("a seeded plan is the same every time, and keeps to its shares", () => {
    const plan = seeded(7, {
      get: [
        [0.1, fail],
        [0.2, hang]
      ]
    })
    const many = Array.from({ length: 10_000 }, (_, count) => plan("get", count)?._tag)
    assert.deepStrictEqual(
      many,
      Array.from({ length: 10_000 }, (_, count) => plan("get", count)?._tag)
    )
    const other = seeded(8, {
      get: [
        [0.1, fail],
        [0.2, hang]
      ]
    })
    assert.notDeepEqual(
      many,
      Array.from({ length: 10_000 }, (_, count) => other("get", count)?._tag)
    )
    const share = (tag: string | undefined) => many.filter((one) => one === tag).length / 10_000
    assert.closeTo(share("Fail"), 0.1, 0.02)
    assert.closeTo(share("Hang"), 0.2, 0.02)
    assert.closeTo(share(undefined), 0.7, 0.02)
    assert.isUndefined(plan("put", 0))
  })
})
