import { assert, describe, it } from "@effect/vitest"
import { EndingMap } from "../src/internal/endingMap.ts"

describe("EndingMap", () => {
  it("invariant 8: holds what lives, and at most as many again that have ended", () => {
    let time = 0
    let forgotten = 0
    const map = new EndingMap<number, number>({
      now: () => time,
      maximum: 100_000,
      onForget: () => forgotten++
    })
    for (time = 0; time < 1_000; time++) map.set(time, time, time + 10)
    const held = [...map.values()]
    assert.includeMembers(held, [990, 999])
    assert.isAtMost(held.length, 20)
    assert.strictEqual(forgotten, 1_000 - held.length)
  })

  it("sets the same key anew, in whichever half it lay", () => {
    const map = new EndingMap<string, number>({ now: () => 0, maximum: 4, onForget: () => {} })
    map.set("a", 1, 10)
    map.set("b", 1, 10)
    map.set("a", 2, 10)
    assert.deepStrictEqual(new Set(map.values()), new Set([1, 2]))
    map.delete("a")
    map.delete("b")
    assert.deepStrictEqual([...map.values()], [])
  })
})
