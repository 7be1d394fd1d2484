import { ConfidentialClientApplication, type INetworkModule } from "@azure/msal-node"
import type { Peer } from "../peer.ts"
import type { Upstream } from "../upstream.ts"
import { life } from "../work.ts"

const tenant = "11111111-1111-1111-1111-111111111111"
const authority = `https://login.microsoftonline.com/${tenant}`

const metadata = {
  issuer: `${authority}/v2.0`,
  token_endpoint: `${authority}/oauth2/v2.0/token`,
  authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
  end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
  jwks_uri: `${authority}/discovery/v2.0/keys`
}

/** No network: the one token that is asked for. */
const networkFor = (key: string, upstream: Upstream): INetworkModule =>
  ({
    sendGetRequestAsync: () => Promise.resolve({ status: 200, headers: {}, body: metadata }),
    sendPostRequestAsync: async () => ({
      status: 200,
      headers: {},
      body: {
        token_type: "Bearer",
        expires_in: life / 1000,
        access_token: await upstream.text(key)
      }
    })
  }) as never

export const msalNode: Peer = {
  name: "msal-node",
  packageName: "@azure/msal-node",
  largest: 1_000,
  open: (keys, upstream) => {
    const applicationFor = (key: string) =>
      new ConfidentialClientApplication({
        auth: {
          clientId: key,
          clientSecret: "bench",
          authority,
          authorityMetadata: JSON.stringify(metadata)
        },
        system: { networkClient: networkFor(key, upstream) }
      })
    const applications = new Map(keys.map((key) => [key, applicationFor(key)]))
    return {
      get: (key) =>
        applications
          .get(key)
          ?.acquireTokenByClientCredential({ scopes: ["https://bench.example/.default"] })
    }
  }
}
