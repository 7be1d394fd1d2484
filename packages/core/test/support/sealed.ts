/** Keys, tokens and seal keys to seal with. */
import * as Redacted from "effect/Redacted"
import { AccessToken, TokenId } from "../../src/AccessToken.ts"
import * as Lifetime from "../../src/Lifetime.ts"
import { encode, type TokenKey } from "../../src/TokenKey.ts"
import type { StoredToken } from "../../src/TokenStore.ts"

export const base64 = (fill: number) => Buffer.alloc(32, fill).toString("base64")
export const sealKey = base64(1)
export const life = 600_000

export const keyOf = ({
  environment = "sandbox",
  url = "https://sandbox.nuapay.com",
  account = "default",
  organisation = "m1",
  scopes = ["admin"]
} = {}): TokenKey => {
  const owner = encode([environment, url, account, `@${organisation}`])
  return { text: owner + encode(["scopes", "600", ...scopes]), owner, organisation }
}

export const text = "canary-token-text"

export const storedFor = (key: TokenKey, token: Partial<AccessToken> = {}): StoredToken => ({
  key,
  lifetime: Lifetime.make(0, life, 0.4),
  token: new AccessToken({
    id: TokenId.make("t1"),
    organisation: key.organisation ?? "partner",
    scopes: ["admin", "ünïcode \u{1f511}"],
    resourceId: undefined,
    value: Redacted.make(text, { label: "token" }),
    ...token
  })
})
