import { createAppAuth } from "@octokit/auth-app"
import { generateKeyPairSync } from "node:crypto"
import { life, type Peer, tokenFor } from "../peer.ts"

/** Its cached path, with a cache that holds what it would have put there. */
export const octokitAuth: Peer = {
  name: "octokit auth-app cache",
  packageName: "@octokit/auth-app",
  largest: Number.POSITIVE_INFINITY,
  prepare: (keys) => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2_048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" }
    })
    const created = new Date().toISOString()
    const expires = new Date(Date.now() + life).toISOString()
    const cache = new Map(
      keys.map((key, index) => [
        String(index + 1),
        [tokenFor(key), created, expires, "all", "metadata", ""].join("|")
      ])
    )
    const auth = createAppAuth({
      appId: 1,
      privateKey,
      cache: {
        get: (key: string) => Promise.resolve(cache.get(key)),
        set: (key: string, value: string) => Promise.resolve(cache.set(key, value))
      } as never
    })
    return Promise.resolve(
      async (index) => await auth({ type: "installation", installationId: index + 1 })
    )
  }
}
