import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { BoundedMap } from "../src/internal/boundedMap.ts"

const Operations = Schema.Array(
  Schema.Struct({
    what: Schema.Literals(["set", "delete"]),
    key: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 9 })))
  })
)
const Maximum = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 6 })))

/** What it promises, written without care for cost. */
const model = (operations: typeof Operations.Type, maximum: number) => {
  const entries: Array<[number, number]> = []
  operations.forEach(({ key, what }, value) => {
    const at = entries.findIndex(([known]) => known === key)
    if (at >= 0) entries.splice(at, 1)
    if (what === "set") entries.push([key, value])
    if (entries.length > maximum) entries.shift()
  })
  return entries
}

describe("BoundedMap", () => {
  it.prop(
    "invariant 8: holds the newest so many, whatever is set and deleted in between",
    [Operations, Maximum],
    ([operations, maximum]) => {
      const map = new BoundedMap<number, number>(maximum)
      operations.forEach(({ key, what }, value) => {
        if (what === "set") map.set(key, value)
        else map.delete(key)
      })
      assert.deepStrictEqual([...map], model(operations, maximum))
    },
    { arbitrary: { runs: 500 } }
  )
})
