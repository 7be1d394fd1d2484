import { assert, describe, it } from "@effect/vitest"
import { TokenId } from "../src/AccessToken.ts"
import * as FetchedTokens from "../src/internal/fetchedTokens.ts"
import type { TokenKey } from "../src/TokenKey.ts"

const key = (owner: string): TokenKey => ({ text: `${owner}/x`, owner, organisation: owner })

const at = (start: number, maximum = 100_000) => {
  let time = start
  const tokens = FetchedTokens.make(() => time, maximum)
  return {
    tokens,
    pass: (to: number) => {
      time = to
    },
    add: (id: string, end: number | undefined, owner = "m1") =>
      tokens.add({
        key: key(owner),
        id: TokenId.make(id),
        organisation: undefined,
        at: time,
        end
      }),
    take: () => {
      const { alive, expired } = tokens.take()
      return [alive.map(({ id }) => String(id)), expired]
    }
  }
}

describe("FetchedTokens", () => {
  it("gives those that may be alive, once", () => {
    const { add, pass, take } = at(0)
    add("t1", 10)
    add("t2", 30)
    add("t3", undefined)
    pass(20)
    assert.deepStrictEqual(take(), [["t2", "t3"], 1])
    assert.deepStrictEqual(take(), [[], 0])
  })

  it("gives none that was revoked, by itself or with its owner", () => {
    const { add, pass, take, tokens } = at(0)
    add("t1", undefined)
    add("t2", undefined)
    add("t3", undefined, "m2")
    tokens.remove("t1")
    pass(5)
    add("t4", undefined)
    tokens.removeOf("m1", 4)
    assert.deepStrictEqual(take(), [["t3", "t4"], 0])
  })

  it("counts those that have ended, remembered or not", () => {
    const { add, pass, take } = at(0)
    for (let time = 0; time < 1_000; time++) {
      pass(time)
      add(`t${time}`, time + 10)
    }
    const [alive, expired] = take()
    assert.deepStrictEqual(
      [alive, expired],
      [Array.from({ length: 10 }, (_, i) => `t${990 + i}`), 990]
    )
  })

  it("keeps one that lives longer than those after it", () => {
    const { add, pass, take } = at(0)
    add("long", 1_000)
    for (let time = 0; time < 900; time++) {
      pass(time)
      add(`t${time}`, time + 1)
    }
    assert.deepStrictEqual(take(), [["long", "t899"], 899])
  })

  it("invariant 8: is bounded where nothing ends", () => {
    const { add, take } = at(0, 4)
    for (let count = 0; count < 20; count++) add(`t${count}`, undefined)
    assert.deepStrictEqual(take(), [["t17", "t18", "t19"], 0])
  })
})
