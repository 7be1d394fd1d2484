import type { StoredToken } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as assert from "node:assert/strict"
import { type CaseDefinition, inOneAndInTwo } from "../CaseDefinition.ts"
import type { Workbench } from "../Workbench.ts"
import {
  expectHeld,
  expectSameLife,
  heldIn,
  isGivenOut,
  keep,
  type Store,
  timed
} from "./support.ts"

/** Milliseconds: the shortest life with a moment in which the token is handed out. */
const short = 1_200

/** Rounding, on the way there and back. */
const rounding = 2

const year = 31_556_926_000

/** A token lives as long as it was put for; nothing that a store does makes it live longer. */
export const expiry: ReadonlyArray<CaseDefinition> = [
  ...inOneAndInTwo("a life comes back as it was", (bench, one, other) =>
    Effect.gen(function* () {
      for (const [index, random] of [0, 0.3, 1].entries()) {
        const stored = bench.token(bench.key(`m${index}`), "t1", { life: 60_000, random })
        const [elapsed, held] = yield* timed(
          bench,
          Effect.andThen(keep(one, stored), heldIn(other, stored.key))
        )
        expectSameLife(held, stored, elapsed)
      }
    })
  ),
  ...inOneAndInTwo("reading does not lengthen a life", (bench, one, other) =>
    Effect.gen(function* () {
      const stored = bench.token(bench.key("m1"), "t1", { life: 60_000 })
      const [there] = yield* timed(bench, keep(one, stored))
      for (const store of [other, one, other]) {
        yield* bench.pass(100)
        const [back, held] = yield* timed(bench, heldIn(store, stored.key))
        expectSameLife(held, stored, there + back)
      }
    })
  ),
  ...inOneAndInTwo("a token that has ended is not given out", (bench, one, other) =>
    Effect.gen(function* () {
      const stored = bench.token(bench.key("m1"), "t1", { life: short })
      yield* keep(one, stored)
      yield* heldIn(other, stored.key)
      yield* bench.pass(short + rounding)
      for (const store of [one, other]) {
        yield* expectEnded(bench, store, stored)
        const seen = store.peek(stored.key)
        assert.ok(!isGivenOut(seen, bench.now()), "peek gives out what has ended")
      }
    })
  ),
  ...inOneAndInTwo("a token that has ended leaves the list by itself", (bench, one, other) =>
    Effect.gen(function* () {
      const [ending, staying] = [
        bench.token(bench.key("m1"), "t1", { life: short }),
        bench.token(bench.key("m2"), "t2")
      ]
      yield* keep(one, ending)
      yield* keep(one, staying)
      yield* bench.pass(short + rounding)
      yield* bench.eventually(
        "a token that has ended is not listed",
        Effect.map(
          other.entries,
          (entries) => !entries.some((entry) => entry.key.text === ending.key.text)
        )
      )
      yield* expectHeld(other, staying.key, "t2", "one that has not ended stays")
    })
  ),
  ...inOneAndInTwo("a token that was put when it had ended is not given out", (bench, one, other) =>
    Effect.gen(function* () {
      for (const age of [0, 1, 60_000]) {
        const stored = bench.token(bench.key(`m${age}`), "t1", {
          issued: bench.now() - short - age,
          life: short
        })
        const { generation } = yield* one.get(stored.key)
        yield* one.put(stored, generation)
        yield* bench.pass(rounding)
        yield* expectEnded(bench, other, stored)
      }
    })
  ),
  ...inOneAndInTwo("the end of a token that was replaced is forgotten", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      yield* keep(one, bench.token(key, "t1", { life: short }))
      yield* keep(other, bench.token(key, "t2", { life: 60_000 }))
      yield* bench.pass(short + rounding)
      yield* expectHeld(one, key, "t2", "the token that was put last lives on")
      const shorter = bench.token(key, "t3", { life: short })
      yield* keep(one, shorter)
      yield* bench.pass(short + rounding)
      yield* expectEnded(bench, other, shorter)
    })
  ),
  ...inOneAndInTwo("F39: a life of a year does not overflow", (bench, one, other) =>
    Effect.gen(function* () {
      const stored = bench.token(bench.key("m1"), "t1", { life: year })
      const [there] = yield* timed(bench, keep(one, stored))
      yield* bench.pass(100)
      const [back, held] = yield* timed(bench, heldIn(other, stored.key))
      expectSameLife(held, stored, there + back)
    })
  )
]

const expectEnded = Effect.fnUntraced(function* (
  bench: Workbench,
  store: Store,
  stored: StoredToken
) {
  const held = yield* heldIn(store, stored.key)
  assert.ok(
    held === undefined || (held.token.id === stored.token.id && held.lifetime.end <= bench.now()),
    "a token that has ended is held for alive"
  )
})
