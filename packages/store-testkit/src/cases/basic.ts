import type { StoredToken, StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as assert from "node:assert/strict"
import { type CaseDefinition, inOneAndInTwo } from "../CaseDefinition.ts"
import type { Workbench } from "../Workbench.ts"
import { expectHeld, expectSame, heldIn, keep, type Store } from "./support.ts"

/** What is put is found, and what is removed is not. */
export const basic: ReadonlyArray<CaseDefinition> = [
  ...inOneAndInTwo("gives back what was put, whole", (bench, one, other) =>
    Effect.gen(function* () {
      const all = [
        bench.token(bench.key("m1", { scopes: ["admin", "read"] }), "t1", {
          scopes: ["admin", "read"]
        }),
        bench.token(bench.key(undefined), "t2"),
        bench.token(bench.key("m2"), "t3", { resourceId: "resource-1", scopes: [] })
      ]
      for (const stored of all) {
        yield* keep(one, stored)
        expectSame(yield* heldIn(other, stored.key), stored)
      }
    })
  ),
  ...inOneAndInTwo("gives nothing for a key that was never put", (bench, one, other) =>
    Effect.gen(function* () {
      yield* keep(one, bench.token(bench.key("m1"), "t1"))
      const { generation, held } = yield* other.get(bench.key("m2"))
      assert.equal(held, undefined)
      assert.ok(Number.isFinite(generation), "the generation of an unknown owner is a number")
    })
  ),
  ...inOneAndInTwo("a second put takes the place of the first", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      yield* keep(one, bench.token(key, "t1"))
      yield* keep(other, bench.token(key, "t2"))
      yield* expectHeld(one, key, "t2", "the token that was put last")
      yield* expectHeld(other, key, "t2", "the token that was put last")
    })
  ),
  ...inOneAndInTwo("remove takes only the token that it names", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      yield* keep(one, bench.token(key, "t1"))
      assert.equal(yield* other.remove(key, "t0"), false, "another token was not there")
      yield* expectHeld(one, key, "t1", "a token stays when another is removed")
      assert.equal(yield* other.remove(key, "t1"), true, "the token was there")
      yield* expectHeld(other, key, undefined, "a removed token is gone")
      yield* expectHeld(one, key, undefined, "a removed token is gone")
      assert.equal(yield* other.remove(key, "t1"), false, "a removed token is not there")
    })
  ),
  ...inOneAndInTwo("removing what was replaced leaves what replaced it", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      yield* keep(one, bench.token(key, "t1"))
      yield* keep(other, bench.token(key, "t2"))
      yield* one.remove(key, "t1")
      yield* expectHeld(one, key, "t2", "the new token stays")
    })
  ),
  ...inOneAndInTwo("entries list what is held", (bench, one, other) =>
    Effect.gen(function* () {
      const all = ["m1", "m2"].map((name) => bench.token(bench.key(name), `t-${name}`))
      for (const stored of all) yield* keep(one, stored)
      const listed = yield* entriesOf(other, all)
      assert.deepEqual(
        listed.map(({ id, organisation, scopes }) => ({ id, organisation, scopes: [...scopes] })),
        all.map(({ token: { id, organisation, scopes } }) => ({ id, organisation, scopes }))
      )
      yield* one.remove(all[0]?.key ?? bench.key("m1"), "t-m1")
      assert.deepEqual(
        (yield* entriesOf(other, all)).map((entry) => entry.id),
        ["t-m2"]
      )
    })
  ),
  {
    name: "peek gives the token that was put last, or nothing",
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      const key = bench.key("m1")
      assert.equal(store.peek(key), undefined, "nothing was put")
      for (const id of ["t1", "t2"]) {
        yield* keep(store, bench.token(key, id))
        const seen = store.peek(key)
        assert.ok(seen === undefined || seen.token.id === id, `${id}, or nothing`)
      }
      yield* store.remove(key, "t2")
      assert.equal(store.peek(key), undefined, "what was removed is not seen")
      yield* keep(store, bench.token(key, "t3"))
      yield* store.revoke(key.owner)
      assert.equal(store.peek(key), undefined, "what was revoked is not seen")
    })
  },
  {
    name: "peek never throws",
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      for (const text of ["", "__proto__", "constructor", "\u0000", "x".repeat(100_000)]) {
        assert.equal(store.peek({ text, owner: text, organisation: text }), undefined)
      }
    })
  },
  {
    name: "the epoch moves when something goes that was seen",
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      const key = bench.key("m1")
      const goings: ReadonlyArray<(id: string) => Effect.Effect<unknown, StoreError>> = [
        (id) => store.remove(key, id),
        () => store.revoke(key.owner),
        () => keep(store, bench.token(key, "next"))
      ]
      for (const [index, going] of goings.entries()) {
        yield* keep(store, bench.token(key, `t${index}`))
        const seen = store.peek(key)
        const before = store.epoch()
        yield* going(`t${index}`)
        const promised = seen !== undefined && !Number.isNaN(before)
        assert.ok(!promised || store.epoch() !== before, "the epoch stood still")
      }
    })
  }
]

/** Of these tokens, in their order. */
const entriesOf = (store: Store, all: ReadonlyArray<StoredToken>) =>
  Effect.map(store.entries, (entries) =>
    all.flatMap(({ key }) => entries.filter((entry) => entry.key.text === key.text))
  )
