import { bearerTokenAuthenticationPolicy, createPipelineRequest } from "@azure/core-rest-pipeline"
import type { Peer } from "../peer.ts"
import { life } from "../work.ts"

/** The token cycler is reached through the policy that puts its token into a request. */
export const azureTokenCycler: Peer = {
  name: "azure token cycler",
  packageName: "@azure/core-rest-pipeline",
  largest: Number.POSITIVE_INFINITY,
  open: (keys, upstream) => {
    const request = createPipelineRequest({ url: "https://bench.example/" })
    const send = () => Promise.resolve({ status: 200, headers: request.headers, request })
    const policyFor = (key: string) =>
      bearerTokenAuthenticationPolicy({
        scopes: "admin",
        credential: {
          getToken: async () => ({
            token: await upstream.text(key),
            expiresOnTimestamp: Date.now() + life
          })
        }
      })
    const policies = new Map(keys.map((key) => [key, policyFor(key)]))
    return { get: (key) => policies.get(key)?.sendRequest(request, send) }
  }
}
