import { OAuth2Client } from "google-auth-library"
import { life, type Peer } from "../peer.ts"

const client: Peer = {
  name: "google-auth-library",
  packageName: "google-auth-library",
  note: "one client a merchant",
  open: (keys, upstream) => {
    const clients = new Map(
      keys.map((key) => {
        const own = new OAuth2Client()
        own.refreshHandler = async () => ({
          access_token: await upstream(key),
          expiry_date: Date.now() + life * 1_000
        })
        return [key, own]
      })
    )
    return { get: (index) => clients.get(keys[index] ?? "")?.getAccessToken() }
  }
}

export const peers = [client]
