import { ClientCredentials } from "simple-oauth2"
import { life, type Peer, tokenFor } from "../peer.ts"

/** It keeps no tokens: its own expiry check on tokens in a Map, as its documentation shows. */
export const simpleOAuth2: Peer = {
  name: "simple-oauth2 expired()",
  packageName: "simple-oauth2",
  largest: Number.POSITIVE_INFINITY,
  prepare: (keys) => {
    const client = new ClientCredentials({
      client: { id: "bench", secret: "bench" },
      auth: { tokenHost: "https://bench.example" }
    })
    const expires = new Date(Date.now() + life).toISOString()
    const map = new Map(
      keys.map((key) => [
        key,
        client.createToken({ access_token: tokenFor(key), expires_at: expires })
      ])
    )
    return Promise.resolve(async (index) => {
      const token = await Promise.resolve(map.get(keys[index] ?? ""))
      return token !== undefined && !token.expired(30) ? token.token["access_token"] : undefined
    })
  }
}
