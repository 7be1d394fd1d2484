import { ConfidentialClientApplication, type INetworkModule } from "@azure/msal-node"
import { life, type Peer, tokenFor } from "../peer.ts"

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
const networkFor = (key: string): INetworkModule =>
  ({
    sendGetRequestAsync: () => Promise.resolve({ status: 200, headers: {}, body: metadata }),
    sendPostRequestAsync: () =>
      Promise.resolve({
        status: 200,
        headers: {},
        body: { token_type: "Bearer", expires_in: life / 1000, access_token: tokenFor(key) }
      })
  }) as never

export const msalNode: Peer = {
  name: "msal-node",
  packageName: "@azure/msal-node",
  largest: 1_000,
  prepare: async (keys) => {
    const apps = keys.map(
      (key) =>
        new ConfidentialClientApplication({
          auth: {
            clientId: key,
            clientSecret: "bench",
            authority,
            authorityMetadata: JSON.stringify(metadata)
          },
          system: { networkClient: networkFor(key) }
        })
    )
    const get = (index: number) =>
      apps[index]?.acquireTokenByClientCredential({ scopes: ["https://bench.example/.default"] })
    for (const index of keys.keys()) await get(index)
    return async (index) => (await get(index))?.accessToken
  }
}
