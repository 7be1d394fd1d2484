import { ConfidentialClientApplication } from "@azure/msal-node"
import { life, type Peer, type Upstream } from "../peer.ts"

const tenant = "11111111-1111-1111-1111-111111111111"
const authority = `https://login.microsoftonline.com/${tenant}`

const metadata = {
  issuer: `${authority}/v2.0`,
  token_endpoint: `${authority}/oauth2/v2.0/token`,
  authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
  end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
  jwks_uri: `${authority}/discovery/v2.0/keys`
}

/** No network: the form that is posted names the merchant. */
const network = (upstream: Upstream) => ({
  sendGetRequestAsync: () => Promise.resolve({ status: 200, headers: {}, body: metadata }),
  sendPostRequestAsync: async (_url: string, options: { readonly body: string }) => {
    const form = new URLSearchParams(options.body)
    const [scope = ""] = (form.get("scope") ?? "").split("/.default")
    const access_token = await upstream(scope.slice(scope.lastIndexOf("/") + 1))
    return {
      status: 200,
      headers: {},
      body: { token_type: "Bearer", expires_in: life, access_token }
    }
  }
})

const application = (clientId: string, upstream: Upstream) =>
  new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret: "bench",
      authority,
      authorityMetadata: JSON.stringify(metadata)
    },
    system: { networkClient: network(upstream) as never }
  })

const ask = async (app: ConfidentialClientApplication | undefined, key: string) =>
  (await app?.acquireTokenByClientCredential({ scopes: [`https://${key}/.default`] }))?.accessToken

const largest = 1_000
const slow = "not asked for 100 000: filling it alone would take hours"

/** One application holds every merchant's token, and looks through all of them. */
const one: Peer = {
  name: "msal-node, one application",
  packageName: "@azure/msal-node",
  largest,
  note: slow,
  open: (keys, upstream) => {
    const app = application("bench", upstream)
    return { get: (index) => ask(app, keys[index] ?? "") }
  }
}

const each: Peer = {
  name: "msal-node, one application a merchant",
  packageName: "@azure/msal-node",
  largest,
  note: "not asked for 100 000: an application takes a tenth of a megabyte",
  open: (keys, upstream) => {
    const apps = new Map(keys.map((key) => [key, application(key, upstream)]))
    return { get: (index) => ask(apps.get(keys[index] ?? ""), keys[index] ?? "") }
  }
}

export const peers = [one, each]
