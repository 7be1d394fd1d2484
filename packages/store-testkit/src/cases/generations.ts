import * as Effect from "effect/Effect"
import * as assert from "node:assert/strict"
import { type CaseDefinition, inOneAndInTwo } from "../CaseDefinition.ts"
import type { Workbench } from "../Workbench.ts"
import { expectHeld, heldIn, keep, listen } from "./support.ts"

/** What was begun before a revocation cannot store its result after it. */
export const generations: ReadonlyArray<CaseDefinition> = [
  ...inOneAndInTwo("T25: a put that a revocation overtook is superseded", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      const { generation } = yield* one.get(key)
      yield* other.revoke(key.owner)
      assert.equal(yield* one.put(bench.token(key, "t1"), generation), "superseded")
      yield* expectHeld(one, key, undefined, "what was superseded is not held")
      yield* expectHeld(other, key, undefined, "what was superseded is not held")
      assert.equal(one.peek(key), undefined, "what was superseded is not seen")
    })
  ),
  ...inOneAndInTwo("a put that was begun after the revocation is stored", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      for (const id of ["t1", "t2"]) {
        yield* one.revoke(key.owner)
        yield* keep(other, bench.token(key, id))
        yield* expectHeld(one, key, id, "it belongs to the new generation")
      }
    })
  ),
  ...inOneAndInTwo("revoke takes every token of the owner, and counts them", (bench, one, other) =>
    Effect.gen(function* () {
      const keys = ["admin", "read", "write"].map((scope) => bench.key("m1", { scopes: [scope] }))
      const [first] = keys
      assert.ok(first !== undefined)
      for (const [index, key] of keys.entries()) yield* keep(one, bench.token(key, `t${index}`))
      yield* keep(one, bench.token(first, "t9"))
      assert.equal(yield* other.revoke(first.owner), 3)
      for (const key of keys) {
        yield* expectHeld(one, key, undefined, "nothing of a revoked owner is held")
        yield* expectHeld(other, key, undefined, "nothing of a revoked owner is held")
      }
      assert.equal(yield* one.revoke(first.owner), 0, "there is nothing left to revoke")
    })
  ),
  ...inOneAndInTwo(
    "T24: a revoked token is not seen for long anywhere",
    (bench, one, other) =>
      Effect.gen(function* () {
        const key = bench.key("m1")
        yield* listen(bench, other)
        yield* keep(one, bench.token(key, "t1"))
        yield* heldIn(other, key)
        const before = other.epoch()
        const seen = other.peek(key)
        yield* one.revoke(key.owner)
        yield* bench.eventually(
          "peek of the other process no longer sees it",
          Effect.sync(() => other.peek(key) === undefined)
        )
        assert.ok(seen === undefined || other.epoch() !== before, "the epoch stood still")
      }),
    ["connected"]
  ),
  ...inOneAndInTwo("a superseded put leaves the token of the new generation", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      const { generation } = yield* one.get(key)
      yield* other.revoke(key.owner)
      yield* keep(other, bench.token(key, "new"))
      assert.equal(yield* one.put(bench.token(key, "old"), generation), "superseded")
      yield* expectHeld(one, key, "new", "the new token stays")
      yield* expectHeld(other, key, "new", "the new token stays")
    })
  ),
  ...inOneAndInTwo("a revocation of one owner overtakes no other", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      const { generation } = yield* one.get(key)
      yield* other.revoke(bench.key("m2").owner)
      assert.equal(yield* one.put(bench.token(key, "t1"), generation), "stored")
    })
  ),
  ...inOneAndInTwo("remove is not a revocation", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      yield* keep(one, bench.token(key, "t1"))
      const { generation } = yield* one.get(key)
      yield* other.remove(key, "t1")
      assert.equal(yield* one.put(bench.token(key, "t2"), generation), "stored")
    })
  ),
  ...inOneAndInTwo("a generation outlives the tokens of its owner", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      const { generation } = yield* one.get(key)
      yield* other.revoke(key.owner)
      const brief = bench.token(key, "t1", { life: 300 })
      yield* keep(other, brief)
      yield* bench.pass(302)
      yield* heldIn(other, key)
      assert.equal(yield* one.put(bench.token(key, "t2"), generation), "superseded")
    })
  ),
  {
    name: "tokens and generations survive a restart",
    needs: ["survive"],
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const [revoked, kept] = [bench.key("m1"), bench.key("m2")]
      const generation = yield* Effect.scoped(
        Effect.gen(function* () {
          const store = yield* bench.open
          const look = yield* store.get(revoked)
          yield* store.revoke(revoked.owner)
          yield* keep(store, bench.token(kept, "t1"))
          return look.generation
        })
      )
      const store = yield* bench.open
      yield* expectHeld(store, kept, "t1", "what was acknowledged is there")
      assert.equal(yield* store.put(bench.token(revoked, "t2"), generation), "superseded")
    })
  }
]
