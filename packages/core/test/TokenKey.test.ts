import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Grant from "../src/Grant.ts"
import * as Partner from "../src/Partner.ts"
import * as TokenKey from "../src/TokenKey.ts"
import { seeded } from "./support/random.ts"

const account = (options: Partial<Partner.PartnerOptions> = {}) =>
  Partner.make({ apiKey: Redacted.make("k"), ...options })

describe("TokenKey", () => {
  it.prop("T4: decode(encode(parts)) is parts", [Schema.Array(Schema.String)], ([parts]) => {
    assert.deepStrictEqual(TokenKey.decode(TokenKey.encode(parts)), Option.some(parts))
  })

  it.each(["1:", "x", "01:a", "2:a", "-1:a", "1a", "1:ab"])("%s is not canonical", (text) => {
    assert.isTrue(Option.isNone(TokenKey.decode(text)))
  })

  it("T4: 200 000 random tuples of hostile parts never collide", () => {
    const alphabet = ["", ":", "1:", "a", "1:a", "2:", "@", "own", "10"]
    const seen = new Map<string, string>()
    const next = seeded(42)
    for (let round = 0; round < 200_000; round++) {
      const parts = Array.from({ length: 1 + next(6) }, () => alphabet[next(9)] ?? "")
      const text = TokenKey.encode(parts)
      const json = JSON.stringify(parts)
      assert.strictEqual(seen.get(text) ?? json, json)
      seen.set(text, json)
    }
    assert.isAbove(seen.size, 10_000)
  })

  it.effect("invariant 1: every part of the identity makes another key", () =>
    Effect.gen(function* () {
      const base = { scopes: ["a", "b"], expiresIn: 600 }
      const usual = yield* account()
      const keys = [
        TokenKey.make(usual, yield* Grant.forOrganisation("m1", base)),
        TokenKey.make(usual, yield* Grant.forOrganisation("m2", base)),
        TokenKey.make(usual, yield* Grant.forOrganisation("own", base)),
        TokenKey.make(usual, yield* Grant.own(base)),
        TokenKey.make(usual, yield* Grant.forOrganisation("m1", { ...base, scopes: ["a"] })),
        TokenKey.make(usual, yield* Grant.forOrganisation("m1", { ...base, scopes: ["a:b"] })),
        TokenKey.make(usual, yield* Grant.forOrganisation("m1", { ...base, expiresIn: 60 })),
        TokenKey.make(
          usual,
          yield* Grant.forApplication({ organisationId: "m1", products: ["a"], resourceId: "b" })
        ),
        TokenKey.make(usual, yield* Grant.forApplication({ products: ["a"], resourceId: "b" })),
        TokenKey.make(
          yield* account({ environment: "live" }),
          yield* Grant.forOrganisation("m1", base)
        ),
        ...(yield* Effect.forEach(["live", "sandbox"], (environment) =>
          Effect.gen(function* () {
            const gateway = { baseUrl: "https://gateway.example", trustedHost: "gateway.example" }
            const behind = yield* account({ environment, ...gateway })
            return TokenKey.make(behind, yield* Grant.forOrganisation("m1", base))
          })
        )),
        TokenKey.make(
          yield* account({ account: "second" }),
          yield* Grant.forOrganisation("m1", base)
        ),
        TokenKey.make(
          yield* account({ baseUrl: "http://127.0.0.1:8080" }),
          yield* Grant.forOrganisation("m1", base)
        )
      ]
      assert.strictEqual(new Set(keys.map((key) => key.text)).size, keys.length)
      for (const key of keys) {
        assert.isTrue(key.text.startsWith(key.owner))
        assert.isTrue(Option.isSome(TokenKey.decode(key.text)))
      }
    })
  )

  it.effect("the API key is no part of it: tokens survive a new one", () =>
    Effect.gen(function* () {
      const grant = yield* Grant.forOrganisation("m1", { scopes: ["a"], expiresIn: 60 })
      const before = TokenKey.make(yield* account({ apiKey: Redacted.make("k1") }), grant)
      const after = TokenKey.make(yield* account({ apiKey: Redacted.make("k2") }), grant)
      assert.deepStrictEqual(before, after)
    })
  )
})
