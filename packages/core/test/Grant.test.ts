import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Grant from "../src/Grant.ts"
import type { TokenError } from "../src/TokenError.ts"

const fields = (error: TokenError) =>
  error.reason._tag === "InvalidRequest" ? error.reason.details?.map((detail) => detail.field) : []

describe("Grant", () => {
  it.effect("scopes are a set: order and repetition do not matter", () =>
    Effect.gen(function* () {
      const one = yield* Grant.forOrganisation("m1", { scopes: ["b", "a", "b"] })
      const other = yield* Grant.forOrganisation("m1", { scopes: ["a", "b"] })
      assert.deepStrictEqual(one, other)
      assert.deepStrictEqual(one.scopes, ["a", "b"])
    })
  )

  it.effect.each([9, 31_556_927, 10.5, Number.NaN, -1])("expiresIn %s is refused", (expiresIn) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Grant.own({ scopes: ["a"], expiresIn }))
      assert.deepStrictEqual(fields(error), ["expiresIn"])
      assert.include(error.message, "10 to 31556926")
    })
  )

  it.effect.each([10, 31_556_926])("expiresIn %s is accepted", (expiresIn) =>
    Effect.map(Grant.own({ scopes: ["a"], expiresIn }), (grant) =>
      assert.strictEqual(grant.expiresIn, expiresIn)
    )
  )

  it.effect.each([
    { scopes: [] },
    { scopes: [""] },
    { scopes: ["a", "\n"] },
    { scopes: ["x".repeat(256)] },
    { scopes: Array.from({ length: 101 }, (_, i) => `s${i}`) }
  ])("scopes $scopes are refused", ({ scopes }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Grant.forOrganisation("m1", { scopes }))
      assert.deepStrictEqual(fields(error), ["scopes"])
    })
  )

  it.effect("an application grant needs products and a resource", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Grant.forApplication({ products: [], resourceId: "../x" }))
      assert.deepStrictEqual(fields(error), ["products", "resourceId"])
      const grant = yield* Grant.forApplication({
        organisationId: "m1",
        products: ["emandates", "accounts", "accounts"],
        resourceId: "8ow24y2pdx"
      })
      assert.deepStrictEqual(grant.products, ["accounts", "emandates"])
    })
  )
})
