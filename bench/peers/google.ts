import { OAuth2Client } from "google-auth-library"
import { life, type Peer, tokenFor } from "../peer.ts"

export const googleAuth: Peer = {
  name: "google-auth-library",
  packageName: "google-auth-library",
  largest: 1_000,
  prepare: (keys) => {
    const clients = keys.map((key) => {
      const client = new OAuth2Client()
      client.setCredentials({ access_token: tokenFor(key), expiry_date: Date.now() + life })
      return client
    })
    return Promise.resolve(async (index) => await clients[index]?.getAccessToken())
  }
}
