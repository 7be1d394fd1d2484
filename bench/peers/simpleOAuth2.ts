import { type AccessToken, ClientCredentials } from "simple-oauth2"
import { life, type Peer } from "../peer.ts"

const expired: Peer = {
  name: "simple-oauth2 expired()",
  packageName: "simple-oauth2",
  note: "keeps nothing: its tokens in a Map, as its documentation shows",
  onlyHolds: true,
  open: (keys, upstream) => {
    const client = new ClientCredentials({
      client: { id: "bench", secret: "bench" },
      auth: { tokenHost: "https://bench.example" }
    })
    const map = new Map<string, AccessToken>()
    const get = async (key: string) => {
      const held = map.get(key)
      return held !== undefined && !held.expired(30) ? held.token["access_token"] : undefined
    }
    return {
      get: (index) => get(keys[index] ?? ""),
      fill: async (index) => {
        const key = keys[index] ?? ""
        const expires_at = new Date(Date.now() + life * 1_000).toISOString()
        map.set(key, client.createToken({ access_token: await upstream(key), expires_at }))
      }
    }
  }
}

export const peers = [expired]
