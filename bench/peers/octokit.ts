import { createAppAuth } from "@octokit/auth-app"
import type { Peer } from "../peer.ts"
import { life } from "../work.ts"

/** An installation for each key. Its own cache ends at 15 000 tokens; this one holds all. */
export const octokitAuth: Peer = {
  name: "octokit auth-app cache",
  packageName: "@octokit/auth-app",
  largest: Number.POSITIVE_INFINITY,
  open: (keys, upstream) => {
    const cache = new Map<string, string>()
    const request = async (
      _: string,
      { installation_id }: { readonly installation_id: number }
    ) => ({
      data: {
        token: await upstream.text(keys[installation_id - 1] ?? ""),
        expires_at: new Date(Date.now() + life).toISOString()
      }
    })
    const auth = createAppAuth({
      appId: 1,
      createJwt: () =>
        Promise.resolve({ jwt: "bench", expiresAt: new Date(Date.now() + life).toISOString() }),
      request: request as never,
      cache: {
        get: (key: string) => cache.get(key),
        set: (key: string, value: string) => cache.set(key, value)
      } as never
    })
    return { get: (_, index) => auth({ type: "installation", installationId: index + 1 }) }
  }
}
