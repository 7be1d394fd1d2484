import { bearerTokenAuthenticationPolicy, createPipelineRequest } from "@azure/core-rest-pipeline"
import { life, type Peer, tokenFor } from "../peer.ts"

/** The token cycler is reached through the policy that puts its token into a request. */
export const azureTokenCycler: Peer = {
  name: "azure token cycler",
  packageName: "@azure/core-rest-pipeline",
  largest: Number.POSITIVE_INFINITY,
  prepare: async (keys) => {
    const request = createPipelineRequest({ url: "https://bench.example/" })
    const send = () => Promise.resolve({ status: 200, headers: request.headers, request })
    const policies = keys.map((key) =>
      bearerTokenAuthenticationPolicy({
        scopes: "admin",
        credential: {
          getToken: () =>
            Promise.resolve({ token: tokenFor(key), expiresOnTimestamp: Date.now() + life })
        }
      })
    )
    for (const policy of policies) await policy.sendRequest(request, send)
    return async (index) => await policies[index]?.sendRequest(request, send)
  }
}
