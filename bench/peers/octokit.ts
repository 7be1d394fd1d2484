import { createAppAuth } from "@octokit/auth-app"
import { life, type Peer } from "../peer.ts"

/** What its own cache holds at most. */
const ownCache = 15_000

const installation: Peer = {
  name: "octokit auth-app",
  packageName: "@octokit/auth-app",
  note: "its own cache holds 15 000; for more it is given a Map",
  open: (keys, upstream) => {
    const request = async (_route: string, { installation_id }: { installation_id: number }) => ({
      data: {
        token: await upstream(keys[installation_id - 1] ?? ""),
        expires_at: new Date(Date.now() + life * 1_000).toISOString(),
        permissions: { metadata: "read" },
        repository_selection: "all"
      }
    })
    const auth = createAppAuth({
      appId: 1,
      createJwt: () => Promise.resolve({ jwt: "bench", expiresAt: "2100-01-01T00:00:00Z" }),
      request: request as never,
      ...(keys.length > ownCache ? { cache: new Map<string, string>() as never } : {})
    })
    return { get: (index) => auth({ type: "installation", installationId: index + 1 }) }
  }
}

export const peers = [installation]
