import type { RunningSimulator } from "@onbehalf/simulator"
import type { SpecificationName } from "./specification.ts"

/** One request of the contract test, and the status that it must get. */
export interface Case {
  readonly specification: SpecificationName
  /** As the specification writes it: `METHOD /path/{parameter}`. */
  readonly operation: string
  readonly status: number
  readonly path: (world: World) => string
  readonly auth: (world: World) => string | undefined
  readonly body?: unknown
  readonly contentType?: string
  /** Another method than the operation's, for 405. */
  readonly method?: string
}

/** What the cases need of a running simulator. */
export interface World {
  readonly simulator: RunningSimulator
  readonly merchant: string
  readonly partnerKey: string
  readonly merchantKey: string
  /** A merchant's token with a scope that opens nothing here. */
  readonly weakToken: string
  /** Makes a token for a merchant and returns its id. */
  readonly tokenId: string
  readonly ownTokenId: string
}

type Part = Omit<Case, "specification" | "operation">

const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString("base64")}`
const partner = (world: World) => basic(world.partnerKey)
const merchant = (world: World) => basic(world.merchantKey)
const weak = (world: World) => `Bearer ${world.weakToken}`
const nobody = () => undefined

const under = (
  specification: SpecificationName,
  operation: string,
  parts: ReadonlyArray<Part>
): ReadonlyArray<Case> => parts.map((part) => ({ specification, operation, ...part }))

const token = { scopes: ["admin"], expiresIn: 60 }
const application = { products: ["open_banking_pis"], resourceId: "8ow24y2pdx" }
const longAgo = { scopes: ["admin"], expiresIn: 1 }
const noProducts = { products: [], resourceId: "x" }

const minting = (
  operation: string,
  path: Case["path"],
  auth: Case["auth"],
  refused: Case["auth"],
  good: unknown,
  bad: unknown
): ReadonlyArray<Case> => {
  const post = { path, auth, body: good }
  return under("gatekeeper", operation, [
    { ...post, status: 201 },
    { ...post, status: 400, body: "{" },
    { ...post, status: 401, auth: nobody },
    { ...post, status: 403, auth: refused },
    { ...post, status: 405, method: "GET" },
    { ...post, status: 415, contentType: "text/plain" },
    { ...post, status: 422, body: bad }
  ])
}

const foreign = (operation: string, path: string, body?: unknown): ReadonlyArray<Case> =>
  under("gatekeeper", operation, [{ status: 404, path: () => path, auth: partner, body }])

const revoking = (
  operation: string,
  path: Case["path"],
  auth: Case["auth"],
  refused: Case["auth"]
): ReadonlyArray<Case> =>
  under("gatekeeper", operation, [
    { status: 200, path, auth },
    { status: 401, path, auth: nobody },
    { status: 403, path, auth: refused },
    { status: 405, path, auth, method: "GET" }
  ])

const onBehalf = "/organisations/{encodedOrganisationId}"
const behalf = (rest: string) => (world: World) => `/organisations/${world.merchant}${rest}`

const gatekeeper: ReadonlyArray<Case> = [
  ...minting(`POST ${onBehalf}/tokens`, behalf("/tokens"), partner, merchant, token, longAgo),
  ...foreign(`POST ${onBehalf}/tokens`, "/organisations/nosuchorg0/tokens", token),
  ...minting(
    `POST ${onBehalf}/applications/tokens`,
    behalf("/applications/tokens"),
    partner,
    merchant,
    application,
    noProducts
  ),
  ...foreign(
    `POST ${onBehalf}/applications/tokens`,
    "/organisations/nosuchorg0/applications/tokens",
    application
  ),
  ...minting("POST /tokens", () => "/tokens", merchant, weak, token, longAgo),
  ...minting(
    "POST /applications/tokens",
    () => "/applications/tokens",
    merchant,
    partner,
    application,
    noProducts
  ),
  ...revoking(
    `POST ${onBehalf}/tokens/{tokenId}/revoke`,
    (world) => behalf(`/tokens/${world.tokenId}/revoke`)(world),
    partner,
    merchant
  ),
  ...foreign(
    `POST ${onBehalf}/tokens/{tokenId}/revoke`,
    "/organisations/nosuchorg0/tokens/x/revoke"
  ),
  ...revoking(
    "POST /tokens/{tokenId}/revoke",
    ({ ownTokenId }) => `/tokens/${ownTokenId}/revoke`,
    merchant,
    weak
  ),
  ...foreign("POST /tokens/{tokenId}/revoke", "/tokens/nosuchtoken/revoke"),
  ...revoking(`POST ${onBehalf}/tokens/revoke`, behalf("/tokens/revoke"), partner, merchant),
  ...foreign(`POST ${onBehalf}/tokens/revoke`, "/organisations/nosuchorg0/tokens/revoke"),
  ...revoking("POST /tokens/revoke", () => "/tokens/revoke", partner, weak)
]

const listing = (query: string) => ({ path: () => `/organisations${query}`, auth: partner })
const reading = { path: behalf(""), auth: partner }

const organisation: ReadonlyArray<Case> = [
  ...under("organisation", "GET /organisations", [
    { ...listing("?recursive=true&pagesize=100"), status: 200 },
    { ...listing("?name=%C3%B1&status=ACTIVE&pagenumber=2&pagesize=1"), status: 200 },
    { ...listing("?pagesize=many"), status: 400 },
    { ...listing(""), auth: nobody, status: 401 },
    { ...listing(""), auth: merchant, status: 403 },
    { ...listing(""), method: "DELETE", status: 405 },
    { ...listing("?pagesize=1000"), status: 422 }
  ]),
  ...under("organisation", "GET /organisations/{organisationId}", [
    { ...reading, status: 200 },
    { ...reading, auth: merchant, status: 200 },
    { ...reading, auth: nobody, status: 401 },
    { ...reading, auth: weak, status: 403 },
    { ...reading, path: () => "/organisations/nosuchorg0", status: 404 },
    { ...reading, method: "PUT", status: 405 }
  ])
]

/** Every operation, with what it answers when all is well and in each kind of refusal. */
export const cases: ReadonlyArray<Case> = [...gatekeeper, ...organisation]
