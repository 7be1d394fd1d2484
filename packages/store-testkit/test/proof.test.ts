import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type StoreCase, storeCases } from "../src/index.ts"
import { brokenStores } from "./broken/index.ts"
import { backendOf, type BrokenStore, nameOf } from "./broken/model.ts"

const casesOf = (broken: Partial<BrokenStore>) =>
  storeCases({ backend: backendOf(broken), clock: "test", timeout: 5_000 })

const full = ({ group, name }: StoreCase) => `${group}: ${name}`

/** The cases that a store fails, with what is said of each. */
const failuresOf = Effect.fnUntraced(function* (broken: Partial<BrokenStore>) {
  const failures: Array<readonly [one: StoreCase, said: string]> = []
  for (const one of casesOf(broken)) {
    const exit = yield* Effect.exit(one.run)
    if (Exit.isFailure(exit)) failures.push([one, String(Cause.squash(exit.cause))])
  }
  return failures
})

const failedByNow = new Set<string>()

describe("the suite", () => {
  it("has a name for every case", () => {
    const names = casesOf({}).map(full)
    assert.strictEqual(new Set(names).size, names.length)
    assert.isAbove(names.length, 80)
  })

  it.live("finds nothing wrong with a store that keeps every promise", () =>
    Effect.gen(function* () {
      const failures = yield* failuresOf({})
      assert.deepStrictEqual(
        failures.map(([one, said]) => [full(one), said]),
        []
      )
    })
  )

  it.live.each(brokenStores)("finds a store that $name", (broken) =>
    Effect.gen(function* () {
      const failures = yield* failuresOf(broken)
      for (const [one] of failures) failedByNow.add(full(one))
      const found = new Set(failures.map(([one]) => nameOf(one)))
      assert.deepStrictEqual([...found].toSorted(), [...broken.fails].toSorted())
    })
  )

  it("has no case that every broken store passes", () => {
    const passed = casesOf({})
      .map(full)
      .filter((name) => !failedByNow.has(name))
    assert.deepStrictEqual(passed, [])
  })
})
