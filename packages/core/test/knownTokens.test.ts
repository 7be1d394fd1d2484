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
    const known = KnownTokens.make(100)
    assert.isTrue(known.admit(key("m1"), token("t1", "text-1")))
    assert.isTrue(known.admit(key("m1"), token("t1", "text-1")))
    assert.isFalse(known.admit(key("m2"), token("t1", "text-2")))
    assert.isFalse(known.admit(key("m2"), token("t2", "text-1")))
    assert.isTrue(known.admit(key("m2"), token("t2", "text-2")))
    assert.strictEqual(known.keyOf("t1")?.owner, "m1")
  })

  it("F16: long texts are told apart by their signature", () => {
    const known = KnownTokens.make(100)
    assert.isTrue(known.admit(key("m1"), token("t1", long("a"))))
    assert.isTrue(known.admit(key("m2"), token("t2", long("b"))))
    assert.isFalse(known.admit(key("m2"), token("t3", long("a"))))
  })

  it("invariant 8: is bounded, the oldest go first", () => {
    const known = KnownTokens.make(2)
    for (const name of ["1", "2", "3"]) known.admit(key(`m${name}`), token(`t${name}`, `x${name}`))
    assert.isUndefined(known.keyOf("t1"))
    assert.isDefined(known.keyOf("t3"))
  })
})
