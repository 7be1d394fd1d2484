import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { AccessToken, TokenId } from "../src/AccessToken.ts"
import * as Seen from "../src/internal/seen.ts"
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

describe("Seen", () => {
  it("F15, F16: the same id or the same text for another owner is refused, for the same one not", () => {
    const seen = Seen.make(() => 0, 100)
    assert.isTrue(seen.admit(key("m1"), token("t1", "text-1"), 1_000))
    assert.isTrue(seen.admit(key("m1"), token("t1", "text-1"), 1_000))
    assert.isFalse(seen.admit(key("m2"), token("t1", "text-2"), 1_000))
    assert.isFalse(seen.admit(key("m2"), token("t2", "text-1"), 1_000))
    assert.isTrue(seen.admit(key("m2"), token("t2", "text-2"), 1_000))
    assert.strictEqual(seen.keyOf("t1")?.owner, "m1")
  })

  it("invariant 7: a text is forgotten when its token is dead, its id is not", () => {
    const clock = { time: 0 }
    const seen = Seen.make(() => clock.time, 100)
    assert.isTrue(seen.admit(key("m1"), token("t1", "text-1"), 1_000))
    clock.time = 2_000
    assert.isTrue(seen.admit(key("m1"), token("t2", "text-2"), 3_000))
    assert.isTrue(seen.admit(key("m2"), token("t3", "text-1"), 3_000))
    assert.isFalse(seen.admit(key("m2"), token("t1", "text-4"), 3_000))
  })

  it("invariant 7: a text that is seen again is forgotten no later", () => {
    const clock = { time: 0 }
    const seen = Seen.make(() => clock.time, 100)
    seen.admit(key("m1"), token("t1", "text-1"), 1_000)
    seen.admit(key("m1"), token("t2", "text-2"), 5_000)
    seen.admit(key("m1"), token("t1", "text-1"), 1_000)
    clock.time = 2_000
    seen.admit(key("m1"), token("t3", "text-3"), 5_000)
    assert.isTrue(seen.admit(key("m2"), token("t4", "text-1"), 5_000))
  })

  it("invariant 8: is bounded", () => {
    const seen = Seen.make(() => 0, 2)
    for (const name of ["1", "2", "3"])
      seen.admit(key(`m${name}`), token(`t${name}`, `x${name}`), 1_000)
    assert.isUndefined(seen.keyOf("t1"))
    assert.isDefined(seen.keyOf("t3"))
  })
})
