import { OAuth2Client } from "google-auth-library"
import type { Peer } from "../peer.ts"
import type { Upstream } from "../upstream.ts"
import { life } from "../work.ts"

/** No network: the one token that is asked for. */
const transporterFor = (key: string, upstream: Upstream) =>
  ({
    request: async () => ({
      data: { access_token: await upstream.text(key), expires_in: life / 1000 }
    })
  }) as never

export const googleAuth: Peer = {
  name: "google-auth-library",
  packageName: "google-auth-library",
  largest: 1_000,
  open: (keys, upstream) => {
    const clientFor = (key: string) => {
      const client = new OAuth2Client({
        clientId: "bench",
        clientSecret: "bench",
        transporter: transporterFor(key, upstream),
        useAuthRequestParameters: false
      })
      client.setCredentials({ refresh_token: key })
      return client
    }
    const clients = new Map(keys.map((key) => [key, clientFor(key)]))
    return { get: (key) => clients.get(key)?.getAccessToken() }
  }
}
