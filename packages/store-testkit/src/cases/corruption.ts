import * as Effect from "effect/Effect"
import * as assert from "node:assert/strict"
import type { CaseDefinition } from "../CaseDefinition.ts"
import type { Workbench } from "../Workbench.ts"
import { expectHeld, expectSame, heldIn, keep } from "./support.ts"

/** What cannot be read, or is not what was asked for, is a miss: never an error, never a token. */
export const corruption: ReadonlyArray<CaseDefinition> = [
  {
    name: "F26: a damaged record is a miss, and gone",
    needs: ["corrupt"],
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const [store, key] = yield* withDamage(bench)
      yield* expectHeld(store, key, undefined, "a damaged token is not held")
      const entries = yield* store.entries
      assert.ok(!entries.some((entry) => entry.key.text === key.text), "it is listed still")
    })
  },
  {
    name: "F26: a damaged record is in the way of nothing",
    needs: ["corrupt"],
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const [store, key] = yield* withDamage(bench)
      // Before anybody has read it.
      yield* store.entries
      yield* store.remove(key, "t0")
      yield* keep(store, bench.token(key, "new"))
      yield* expectHeld(store, key, "new", "a new token takes its place")
      yield* bench.corrupt(key)
      yield* store.revoke(key.owner)
      yield* expectHeld(store, key, undefined, "a revocation takes it away")
      yield* keep(store, bench.token(key, "newer"))
      yield* expectHeld(store, key, "newer", "a new token takes its place")
    })
  },
  {
    name: "a damaged record takes no other with it",
    needs: ["corrupt"],
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const [store, key, neighbours] = yield* withDamage(bench)
      yield* heldIn(store, key)
      for (const neighbour of neighbours) {
        expectSame(yield* heldIn(store, neighbour.key), neighbour)
      }
    })
  },
  {
    name: "T5: a record that was copied to another key is a miss",
    needs: ["transplant"],
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      const from = bench.key("m1")
      const others = [
        bench.key("m2"),
        bench.key("m1", { scopes: ["read"] }),
        bench.key("m1", { account: "other" }),
        bench.key("m1", { environment: "live" })
      ]
      for (const to of others) {
        const own = bench.token(from, "t1")
        yield* keep(store, own)
        yield* keep(store, bench.token(to, "t2"))
        yield* bench.transplant(from, to)
        yield* expectHeld(store, to, undefined, "another key's token is not given out")
        expectSame(yield* heldIn(store, from), own)
      }
    })
  }
]

/** A store in which one record was damaged before this process opened it, and its neighbours. */
const withDamage = Effect.fnUntraced(function* (bench: Workbench) {
  const key = bench.key("m1")
  const neighbours = [
    bench.token(bench.key("m2"), "t2"),
    bench.token(bench.key("m1", { scopes: ["read"] }), "t3")
  ]
  const store = yield* bench.open
  yield* keep(store, bench.token(key, "t1"))
  for (const neighbour of neighbours) yield* keep(store, neighbour)
  yield* bench.corrupt(key)
  return [store, key, neighbours] as const
})
