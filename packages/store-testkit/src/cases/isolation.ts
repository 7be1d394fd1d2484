import * as Effect from "effect/Effect"
import * as assert from "node:assert/strict"
import { type CaseDefinition, inOneAndInTwo } from "../CaseDefinition.ts"
import type { TestKeyOptions } from "../TestToken.ts"
import type { Workbench } from "../Workbench.ts"
import { expectHeld, expectSame, heldIn, keep, take } from "./support.ts"

const long = "x".repeat(4_000)

/** Keys that software has taken for one another elsewhere: each differs from the first in one thing. */
const lookAlikes: ReadonlyArray<readonly [organisation: string | undefined, TestKeyOptions]> = [
  ["m1", {}],
  ["m2", {}],
  ["M1", {}],
  ["m10", {}],
  ["m1-", {}],
  [undefined, {}],
  ["m1", { scopes: ["admin", "read"] }],
  ["m1", { scopes: ["Admin"] }],
  ["m1", { scopes: ["admin "] }],
  ["m1", { expiresIn: 60 }],
  ["m1", { account: "other" }],
  ["m1", { environment: "live" }],
  ...[
    "__proto__",
    "constructor",
    "*",
    "?",
    "[a]",
    "{m1}",
    "a:b",
    "a\nb",
    "a\u0000b",
    "..",
    "%2F"
  ].map((scope) => ["m1", { scopes: [scope] }] as const),
  // The Kelvin sign, which some normalise to the letter.
  ["m1", { scopes: ["\u212a"] }],
  ["m1", { scopes: ["K"] }],
  ["m1", { scopes: [`${long}1`] }],
  ["m1", { scopes: [`${long}2`] }]
]

const keysOf = (bench: Workbench) =>
  lookAlikes.map(([organisation, options]) => bench.key(organisation, options))

/** What is done under one key reaches no other. */
export const isolation: ReadonlyArray<CaseDefinition> = [
  ...inOneAndInTwo("T4: no key is taken for another", (bench, one, other) =>
    Effect.gen(function* () {
      const all = keysOf(bench).map((key, index) => bench.token(key, `t${index}`))
      for (const [index, stored] of all.entries()) {
        yield* expectHeld(other, stored.key, undefined, `nothing was put under ${index}`)
        assert.equal(other.peek(stored.key), undefined, `peek at ${index}`)
        yield* keep(one, stored)
      }
      for (const stored of all) {
        expectSame(yield* heldIn(other, stored.key), stored)
        const seen = other.peek(stored.key)
        if (seen !== undefined) expectSame(seen, stored)
      }
    })
  ),
  ...inOneAndInTwo("remove reaches its own key only", (bench, one, other) =>
    Effect.gen(function* () {
      const keys = keysOf(bench)
      for (const key of keys) yield* keep(one, bench.token(key, "same-id"))
      const [first, ...others] = keys
      assert.ok(first !== undefined)
      assert.equal(yield* other.remove(first, "same-id"), true)
      yield* expectHeld(one, first, undefined, "it was removed")
      for (const key of others) {
        yield* expectHeld(one, key, "same-id", "a token of another key stays")
      }
    })
  ),
  ...inOneAndInTwo("revoke reaches its own owner only", (bench, one, other) =>
    Effect.gen(function* () {
      const keys = keysOf(bench)
      for (const [index, key] of keys.entries()) yield* keep(one, bench.token(key, `t${index}`))
      const revoked = bench.key("m1")
      const own = keys.filter((key) => key.owner === revoked.owner)
      assert.equal(yield* other.revoke(revoked.owner), own.length)
      for (const [index, key] of keys.entries()) {
        const left = key.owner === revoked.owner ? undefined : `t${index}`
        yield* expectHeld(one, key, left, `after the revocation of another owner: ${index}`)
      }
    })
  ),
  ...inOneAndInTwo("a lease holds its own key only", (bench, one, other) =>
    Effect.gen(function* () {
      for (const key of keysOf(bench)) {
        const { lease } = yield* take(one, key, 20_000)
        assert.ok(lease !== undefined, "no other key's lease is in the way")
      }
      for (const key of keysOf(bench)) {
        const { lease } = yield* take(other, key, 20_000)
        assert.equal(lease, undefined, "and each is held")
      }
    })
  )
]
