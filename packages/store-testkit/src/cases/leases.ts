import type { TokenKey } from "@onbehalf/core/TokenKey"
import type { Lease } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as assert from "node:assert/strict"
import { type CaseDefinition, inOneAndInTwo } from "../CaseDefinition.ts"
import type { Workbench } from "../Workbench.ts"
import { expectHeld, keep, type Store, take } from "./support.ts"

/** Milliseconds: longer than any case takes, and a time that is waited for. */
const long = 20_000
const short = 1_000.5

/** One holder at a time, none for ever, and each with a higher number than those before. */
export const leases: ReadonlyArray<CaseDefinition> = [
  ...inOneAndInTwo("one holds a lease, and no other", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      assert.ok((yield* take(one, key, long)).lease !== undefined, "a free lease is given")
      assert.equal((yield* take(other, key, long)).lease, undefined, "one that is held is not")
      assert.equal((yield* take(one, key, long)).lease, undefined, "not to its own process either")
    })
  ),
  ...inOneAndInTwo("a lease ends with its scope", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      const first = yield* take(one, key, long)
      yield* first.release
      assert.ok((yield* take(other, key, long)).lease !== undefined, "it is free again")
    })
  ),
  ...inOneAndInTwo("the scope of a refused lease frees nothing", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      yield* take(one, key, long)
      const refused = yield* take(other, key, long)
      yield* refused.release
      assert.equal((yield* take(other, key, long)).lease, undefined, "it is held as before")
    })
  ),
  ...inOneAndInTwo("T22: a lease ends when its time is over, and not before", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      const began = bench.now()
      const first = yield* take(one, key, short)
      assert.ok(first.lease !== undefined)
      yield* bench.pass(short / 2)
      const early = yield* take(other, key, long)
      assert.ok(early.lease === undefined || bench.now() - began >= short, "it was given early")
      yield* early.release
      yield* bench.pass(short / 2)
      const next = yield* takeWhenFree(bench, other, key)
      assert.ok(next.fence > first.lease.fence, "the next fence is higher")
    })
  ),
  ...inOneAndInTwo("T22: a holder that comes late frees nothing", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      const first = yield* take(one, key, short)
      yield* bench.pass(short)
      yield* takeWhenFree(bench, other, key)
      yield* first.release
      assert.equal((yield* take(one, key, long)).lease, undefined, "the next one holds it still")
    })
  ),
  ...inOneAndInTwo("the fence grows with every lease of a key", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      let last = Number.NEGATIVE_INFINITY
      for (const store of [one, other, other, one]) {
        const { lease, release } = yield* take(store, key, long)
        assert.ok(lease !== undefined && lease.fence > last, "it did not grow")
        last = lease.fence
        yield* release
      }
    })
  ),
  ...inOneAndInTwo("nothing but thrift rests on a lease", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      yield* take(one, key, long)
      yield* keep(other, bench.token(key, "t1"))
      yield* expectHeld(one, key, "t1", "a token may be put without the lease")
      yield* other.revoke(key.owner)
      yield* expectHeld(one, key, undefined, "and revoked")
    })
  ),
  {
    name: "fences grow on after a restart",
    needs: ["survive"],
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const key = bench.key("m1")
      const takeOnce = Effect.scoped(
        Effect.flatMap(bench.open, (store) => Effect.scoped(store.lease(key, long)))
      )
      const [before, after] = [yield* takeOnce, yield* takeOnce]
      assert.ok(before !== undefined && after !== undefined)
      assert.ok(after.fence > before.fence, "it did not grow")
    })
  }
]

const takeWhenFree = Effect.fnUntraced(function* (bench: Workbench, store: Store, key: TokenKey) {
  let lease: Lease | undefined
  yield* bench.eventually(
    "a lease whose time is over is given to the next",
    Effect.map(take(store, key, long), (taken) => {
      lease = taken.lease
      return lease !== undefined
    })
  )
  assert.ok(lease !== undefined)
  return lease
})
