import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as assert from "node:assert/strict"
import { type CaseDefinition, inOneAndInTwo } from "../CaseDefinition.ts"
import { expectHeld, expectSame, heldIn, keep, take } from "./support.ts"

const many = Array.from({ length: 40 }, (_, index) => index)

const atOnce = { concurrency: "unbounded" } as const

/** Each operation is one step: nobody sees it half done, and none gets in between. */
export const concurrency: ReadonlyArray<CaseDefinition> = [
  ...inOneAndInTwo("invariant 4: of many who want a lease, one gets it", (bench, one, other) =>
    Effect.gen(function* () {
      for (let round = 0; round < 5; round++) {
        const key = bench.key(`m${round}`)
        const taken = yield* Effect.forEach(
          many,
          (index) => take(index % 2 === 0 ? one : other, key, 20_000),
          atOnce
        )
        assert.equal(taken.filter(({ lease }) => lease !== undefined).length, 1)
      }
    })
  ),
  ...inOneAndInTwo("holders of a lease never overlap, and their fences grow", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      const fences: Array<number> = []
      let holders = 0
      const hold = (index: number) =>
        Effect.scoped(
          Effect.gen(function* () {
            const lease = yield* (index % 2 === 0 ? one : other).lease(key, 20_000)
            if (lease === undefined) return yield* Effect.yieldNow
            assert.equal(++holders, 1, "two hold it")
            fences.push(lease.fence)
            yield* Effect.yieldNow
            holders--
          })
        )
      yield* Effect.forEach(many, (index) => Effect.repeat(hold(index), { times: 4 }), atOnce)
      assert.ok(fences.length > 1, "more than one got it")
      assert.ok(
        fences.every((fence, index) => index === 0 || fence > (fences[index - 1] ?? fence)),
        "a fence did not grow"
      )
    })
  ),
  ...inOneAndInTwo("nobody sees a token half put", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      const all = many.map((index) =>
        bench.token(key, `t${index}`, { life: 60_000 + index * 1_000 })
      )
      yield* Effect.forEach(
        all,
        (stored, index) =>
          Effect.gen(function* () {
            yield* keep(index % 2 === 0 ? one : other, stored)
            const held = yield* heldIn(index % 2 === 0 ? other : one, key)
            const whole = all.find(({ token }) => token.id === held?.token.id)
            assert.ok(held !== undefined && whole !== undefined, "a token that was put")
            expectSame(held, whole)
            const life = ({ lifetime }: typeof whole) => lifetime.end - lifetime.issued
            assert.ok(Math.abs(life(held) - life(whole)) < 500, "the life of another token")
          }),
        atOnce
      )
    })
  ),
  ...inOneAndInTwo("T25: no put slips past a revocation", (bench, one, other) =>
    Effect.gen(function* () {
      for (let round = 0; round < 5; round++) {
        const keys = many.map((index) => bench.key(`m${round}`, { scopes: [`s${index}`] }))
        const owner = keys[0]?.owner ?? ""
        const flights = yield* Effect.forEach(keys, (key) =>
          Effect.map(one.get(key), ({ generation }) => one.put(bench.token(key, "t1"), generation))
        )
        const revoke = other.revoke(owner)
        yield* Effect.all([...flights.slice(0, 20), revoke, ...flights.slice(20)], atOnce)
        for (const key of keys) {
          yield* expectHeld(other, key, undefined, "a put from before the revocation")
          yield* expectHeld(one, key, undefined, "a put from before the revocation")
          assert.equal(one.peek(key), undefined, "a put from before the revocation is seen")
        }
      }
    })
  ),
  ...inOneAndInTwo("a remove never takes the token that replaced its own", (bench, one, other) =>
    Effect.gen(function* () {
      for (let round = 0; round < 20; round++) {
        const key = bench.key(`m${round}`)
        yield* keep(one, bench.token(key, "old"))
        const remove = other.remove(key, "old")
        const put = keep(one, bench.token(key, "new"))
        yield* Effect.all(round % 2 === 0 ? [remove, put, remove] : [put, remove, remove], atOnce)
        yield* expectHeld(other, key, "new", "the new token stays")
      }
    })
  ),
  ...inOneAndInTwo("what many put at once is all there", (bench, one, other) =>
    Effect.gen(function* () {
      const all = many.map((index) => bench.token(bench.key(`m${index}`), `t${index}`))
      yield* Effect.forEach(
        all,
        (stored, index) => keep(index % 2 === 0 ? one : other, stored),
        atOnce
      )
      for (const stored of all) expectSame(yield* heldIn(other, stored.key), stored)
    })
  ),
  ...inOneAndInTwo("a put that is interrupted is done or not done", (bench, one, other) =>
    Effect.gen(function* () {
      for (const index of many) {
        const key = bench.key(`m${index}`)
        const before = bench.token(key, "before")
        const after = bench.token(key, "after")
        yield* keep(one, before)
        const fiber = yield* Effect.forkChild(Effect.exit(keep(one, after)))
        for (let yields = 0; yields < index % 8; yields++) yield* Effect.yieldNow
        yield* Fiber.interrupt(fiber)
        const held = yield* heldIn(other, key)
        expectSame(held, held?.token.id === "after" ? after : before)
        yield* keep(other, bench.token(key, "last"))
        yield* expectHeld(one, key, "last", "the key is as good as before")
      }
    })
  )
]
