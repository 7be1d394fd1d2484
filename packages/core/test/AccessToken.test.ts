import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { everyForm } from "../../../tests/support/canary.ts"
import { AccessToken, TokenId } from "../src/AccessToken.ts"

const text = "canary-token-text"

const token = () =>
  new AccessToken({
    id: TokenId.make("token-1"),
    organisation: "merchant-1",
    scopes: ["admin"],
    resourceId: undefined,
    value: Redacted.make(text, { label: "token" })
  })

describe("AccessToken", () => {
  it("reveals the same text however often it is asked", () => {
    const one = token()
    assert.deepStrictEqual([one.reveal(), one.reveal()], [text, text])
    assert.strictEqual(one.authorization(), `Bearer ${text}`)
    assert.strictEqual(one.basicAuthorization(), `Basic ${btoa(`${text}:`)}`)
  })

  it("invariant 7: one that was asked for its text shows no more than one that was not", () => {
    const asked = token()
    asked.reveal()
    assert.notInclude(everyForm(asked), text)
    assert.strictEqual(everyForm(asked), everyForm(token()))
  })
})
