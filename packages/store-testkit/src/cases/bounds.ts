import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import * as assert from "node:assert/strict"
import { type CaseDefinition, inOneAndInTwo } from "../CaseDefinition.ts"
import type { Workbench } from "../Workbench.ts"
import { expectHeld, expectSame, heldIn, keep } from "./support.ts"

/** Invariant 8: everything is bounded, and what is within the bounds is kept whole. */
export const bounds: ReadonlyArray<CaseDefinition> = [
  ...inOneAndInTwo("the largest token is kept whole", (bench, one, other) =>
    Effect.gen(function* () {
      const scopes = Array.from({ length: 50 }, (_, index) => `scope-${index}-${"x".repeat(50)}`)
      const stored = bench.token(bench.key("m1", { scopes }), "t".repeat(255), {
        scopes,
        text: "a".repeat(16_384)
      })
      yield* keep(one, stored)
      expectSame(yield* heldIn(other, stored.key), stored)
    })
  ),
  {
    name: "invariant 8: no more is held than the store was told to hold, and the newest is",
    needs: ["capacity"],
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      const capacity = yield* bench.capacity
      for (let index = 0; index < capacity + 20; index++) {
        const key = bench.key(`m${index}`)
        yield* keep(store, bench.token(key, `t${index}`))
        yield* expectHeld(store, key, `t${index}`, "the newest is held")
      }
      const held = (yield* store.entries).length
      assert.ok(held <= capacity, `it holds ${held} of ${capacity}`)
    })
  },
  {
    name: "T24: many revocations make none forgotten",
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      const key = bench.key("first")
      const { generation } = yield* store.get(key)
      yield* store.revoke(key.owner)
      for (let index = 0; index < 300; index++) yield* store.revoke(bench.key(`m${index}`).owner)
      assert.equal(yield* store.put(bench.token(key, "t1"), generation), "superseded")
      yield* keep(store, bench.token(key, "t2"))
    })
  },
  {
    name: "invariant 8: one who does not listen holds nobody up, and misses nothing unknowing",
    needs: ["connected"],
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      const key = bench.key("m1")
      const listening = Latch.makeUnsafe(false)
      const heard = new Set<string>()
      let state: "silent" | "connected" | "lost" = "silent"
      yield* store.changes.pipe(
        Stream.runForEach((change) => {
          if (change._tag === "Connected") state = state === "silent" ? "connected" : "lost"
          if (change._tag === "Stored" && change.text === key.text) heard.add(change.id)
          return Latch.await(listening)
        }),
        Effect.catch(() => Effect.sync(() => (state = "lost"))),
        Effect.forkScoped
      )
      yield* bench.eventually(
        "Connected",
        Effect.sync(() => state === "connected")
      )
      for (let index = 0; index < 1_000; index++) yield* keep(store, bench.token(key, `t${index}`))
      yield* Latch.open(listening)
      yield* bench.eventually(
        "it hears the rest, or that it was cut off",
        Effect.sync(() => state === "lost" || heard.size === 1_000)
      )
    })
  }
]
