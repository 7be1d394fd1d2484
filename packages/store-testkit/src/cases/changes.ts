import type { StoreChange } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as assert from "node:assert/strict"
import { type CaseDefinition, inOneAndInTwo } from "../CaseDefinition.ts"
import type { Workbench } from "../Workbench.ts"
import { expectToHear, keep, listen, type Store, take } from "./support.ts"

const cases: ReadonlyArray<CaseDefinition> = [
  ...inOneAndInTwo("a token that was stored is told", (bench, one, other) =>
    Effect.gen(function* () {
      const heard = yield* listen(bench, other)
      const key = bench.key("m1")
      yield* keep(one, bench.token(key, "t1"))
      yield* expectToHear(bench, heard, { _tag: "Stored", text: key.text, id: "t1" })
    })
  ),
  ...inOneAndInTwo("a token that was removed is told", (bench, one, other) =>
    Effect.gen(function* () {
      const heard = yield* listen(bench, other)
      const key = bench.key("m1")
      yield* keep(one, bench.token(key, "t1"))
      yield* one.remove(key, "t1")
      yield* expectToHear(bench, heard, { _tag: "Removed", text: key.text, id: "t1" })
    })
  ),
  ...inOneAndInTwo(
    "a revocation is told, even of an owner who holds nothing",
    (bench, one, other) =>
      Effect.gen(function* () {
        const heard = yield* listen(bench, other)
        for (const { owner } of [bench.key("m1"), bench.key(undefined)]) {
          yield* one.revoke(owner)
          yield* expectToHear(bench, heard, { _tag: "Revoked", owner })
        }
      })
  ),
  ...inOneAndInTwo("a lease that was given back is told", (bench, one, other) =>
    Effect.gen(function* () {
      const heard = yield* listen(bench, other)
      const key = bench.key("m1")
      const { release } = yield* take(one, key, 20_000)
      yield* release
      yield* expectToHear(bench, heard, { _tag: "Released", text: key.text })
    })
  ),
  ...inOneAndInTwo("what changed nothing is not told", (bench, one, other) =>
    Effect.gen(function* () {
      const heard = yield* listen(bench, other)
      const [key, last] = [bench.key("m1"), bench.key("m2")]
      const { generation } = yield* one.get(key)
      yield* one.revoke(key.owner)
      yield* one.put(bench.token(key, "t1"), generation)
      yield* one.remove(key, "t0")
      yield* keep(one, bench.token(last, "last"))
      yield* expectToHear(bench, heard, { _tag: "Stored", text: last.text, id: "last" })
      const told = heard.some((change) => "text" in change && change.text === key.text)
      assert.ok(!told, "something is told that changed nothing")
    })
  ),
  ...inOneAndInTwo("the changes of a key are told in their order", (bench, one, other) =>
    Effect.gen(function* () {
      const heard = yield* listen(bench, other)
      const key = bench.key("m1")
      for (const id of ["t1", "t2", "t3"]) {
        yield* keep(one, bench.token(key, id))
        yield* one.remove(key, id)
      }
      yield* expectToHear(bench, heard, { _tag: "Removed", text: key.text, id: "t3" })
      const told = heard.flatMap((change) =>
        "id" in change && change.text === key.text ? [`${change._tag} ${change.id}`] : []
      )
      const each = (id: string) => [`Stored ${id}`, `Removed ${id}`]
      assert.deepEqual(told, ["t1", "t2", "t3"].flatMap(each))
    })
  ),
  ...inOneAndInTwo("everybody who listens hears everything", (bench, one, other) =>
    Effect.gen(function* () {
      const key = bench.key("m1")
      const stays = [yield* listen(bench, one), yield* listen(bench, other)]
      // One that leaves takes nothing away from those who stay.
      yield* Effect.scoped(listen(bench, other))
      yield* keep(one, bench.token(key, "t1"))
      for (const heard of stays) {
        yield* expectToHear(bench, heard, { _tag: "Stored", text: key.text, id: "t1" })
      }
    })
  ),
  ...inOneAndInTwo("Connected comes first, whatever goes on", (bench, one, other) =>
    Effect.gen(function* () {
      const busy = keep(one, bench.token(bench.key("m1"), "t1"))
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.ignore(busy), Effect.yieldNow)))
      for (let round = 0; round < 5; round++) {
        assert.equal((yield* firstHeard(bench, other))?._tag, "Connected")
      }
    })
  ),
  ...inOneAndInTwo("nothing is missed once Connected was said", (bench, one, other) =>
    Effect.gen(function* () {
      for (let round = 0; round < 5; round++) {
        const key = bench.key(`m${round}`)
        const heard: Array<StoreChange> = []
        yield* other.changes.pipe(
          Stream.runForEach((change) => {
            heard.push(change)
            return change._tag === "Connected" ? keep(one, bench.token(key, "t1")) : Effect.void
          }),
          Effect.ignore,
          Effect.forkScoped
        )
        yield* expectToHear(bench, heard, { _tag: "Stored", text: key.text, id: "t1" })
      }
    })
  ),
  {
    name: "a feed that was lost says so, and Connected when it is back",
    needs: ["disconnect"],
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      const heard = yield* listen(bench, store)
      const key = bench.key("m1")
      yield* bench.disconnect
      yield* bench.eventually(
        "Connected is said again after a loss",
        Effect.sync(() => heard.filter((change) => change._tag === "Connected").length > 1)
      )
      yield* keep(store, bench.token(key, "t1"))
      yield* expectToHear(bench, heard, { _tag: "Stored", text: key.text, id: "t1" })
    })
  }
]

/** What changes is told, to all who listen, from `Connected` on. */
export const changes = cases.map(({ needs = [], ...one }): CaseDefinition => ({
  ...one,
  needs: [...needs, "connected"]
}))

const firstHeard = (bench: Workbench, store: Store) =>
  Effect.scoped(
    Effect.gen(function* () {
      const heard = yield* listen(bench, store)
      return heard[0]
    })
  )
