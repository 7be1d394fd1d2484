import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { AccessToken, TokenId } from "../src/AccessToken.ts"
import * as KnownTokens from "../src/internal/knownTokens.ts"
import type { TokenKey } from "../src/TokenKey.ts"

const key = (owner: string): TokenKey => ({ text: `${owner}/x`, owner, organisation: owner })
const token = (id: string, text: string) =>
  new AccessToken({
    id: TokenId.make(id),
    organisation: "m",
    scopes: [],
    resourceId: undefined,
    value: Redacted.make(text)
  })

/** Like a JWT: the same beginning for all, a signature of its own at the end. */
const long = (signature: string) => `${"header".repeat(1_000)}.${signature.repeat(50)}`

describe("KnownTokens", () => {
  it("F15, F16: the same id or the same text for another owner is refused, for the same one not", () => {
    const known = KnownTokens.make(() => 0, 100)
    assert.isTrue(known.admit(key("m1"), token("t1", "text-1"), undefined))
    assert.isTrue(known.admit(key("m1"), token("t1", "text-1"), undefined))
    assert.isFalse(known.admit(key("m2"), token("t1", "text-2"), undefined))
    assert.isFalse(known.admit(key("m2"), token("t2", "text-1"), undefined))
    assert.isTrue(known.admit(key("m2"), token("t2", "text-2"), undefined))
    assert.strictEqual(known.keyOf("t1")?.owner, "m1")
  })

  it("F16: long texts are told apart by their signature", () => {
    const known = KnownTokens.make(() => 0, 100)
    assert.isTrue(known.admit(key("m1"), token("t1", long("a")), undefined))
    assert.isTrue(known.admit(key("m2"), token("t2", long("b")), undefined))
    assert.isFalse(known.admit(key("m2"), token("t3", long("a")), undefined))
  })

  it("invariant 8: is bounded, the oldest go first", () => {
    const known = KnownTokens.make(() => 0, 2)
    for (const name of ["1", "2", "3"])
      known.admit(key(`m${name}`), token(`t${name}`, `x${name}`), undefined)
    assert.isUndefined(known.keyOf("t1"))
    assert.isDefined(known.keyOf("t3"))
  })

  it("invariant 8: those that have ended make room for new ones, however many there may be", () => {
    let now = 0
    const known = KnownTokens.make(() => now, 100_000)
    for (const name of ["1", "2", "3"]) {
      known.admit(key(`m${name}`), token(`t${name}`, `x${name}`), 10)
    }
    now = 10
    known.admit(key("m4"), token("t4", "x4"), 20)
    assert.isUndefined(known.keyOf("t1"))
    assert.isTrue(known.admit(key("m5"), token("t5", "x1"), 21))
    now = 20
    known.admit(key("m6"), token("t6", "x6"), 30)
    assert.deepStrictEqual(
      ["t2", "t3", "t5", "t6"].map((id) => known.keyOf(id)?.owner),
      [undefined, undefined, "m5", "m6"]
    )
  })

  it("one that lives longer is remembered as long as it lives", () => {
    let now = 0
    const known = KnownTokens.make(() => now, 100_000)
    known.admit(key("m1"), token("t1", "x1"), 1_000)
    for (now = 0; now < 1_000; now += 10) {
      known.admit(key("m2"), token(`t-${now}`, `x-${now}`), now + 10)
      assert.isFalse(known.admit(key("m2"), token(`other-${now}`, "x1"), now + 10))
      assert.strictEqual(known.keyOf("t1")?.owner, "m1")
    }
  })

  it("counts those fetched here that ended, remembered or not", () => {
    let now = 0
    const known = KnownTokens.make(() => now, 100_000)
    const fetch = (name: string, end: number) => {
      const its = key(`m${name}`)
      known.admit(its, token(`t${name}`, `x${name}`), end)
      const id = TokenId.make(`t${name}`)
      known.addFetched({ key: its, id, organisation: undefined, at: now, end })
    }
    fetch("1", 10)
    fetch("2", 10)
    now = 10
    fetch("3", 20)
    now = 20
    fetch("4", 30)
    const { alive, expired } = known.takeFetched()
    assert.deepStrictEqual([alive.map(({ id }) => String(id)), expired], [["t4"], 3])
    assert.deepStrictEqual(known.takeFetched(), { alive: [], expired: 0 })
  })
})
