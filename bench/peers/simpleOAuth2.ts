import { type AccessToken, ClientCredentials } from "simple-oauth2"
import type { Peer } from "../peer.ts"
import { life } from "../work.ts"

/** It keeps no tokens: its own expiry check on tokens in a Map, as its documentation shows. */
export const simpleOAuth2: Peer = {
  name: "simple-oauth2 expired()",
  packageName: "simple-oauth2",
  largest: Number.POSITIVE_INFINITY,
  open: (_, upstream) => {
    const client = new ClientCredentials({
      client: { id: "bench", secret: "bench" },
      auth: { tokenHost: "https://bench.example" }
    })
    const tokens = new Map<string, AccessToken>()
    return {
      get: async (key) => {
        const held = tokens.get(key)
        return held !== undefined && !held.expired(30) ? held.token["access_token"] : undefined
      },
      fill: async (key) => {
        const expires = new Date(Date.now() + life).toISOString()
        const text = await upstream.text(key)
        tokens.set(key, client.createToken({ access_token: text, expires_at: expires }))
      }
    }
  }
}
