import type { Grant } from "../Grant.ts"
import type { OrganisationFilter, OrganisationId, PageRequest } from "../Organisation.ts"
import type { Partner } from "../Partner.ts"
import type { TokenId } from "../AccessToken.ts"

/** A request as plain data, before any HTTP. Ids in it have been checked. */
export interface ApiRequest {
  readonly method: "GET" | "POST"
  readonly url: string
  readonly query: ReadonlyArray<readonly [string, string]>
  readonly body: unknown
  /** Whom it is for; `undefined` for the partner itself. */
  readonly organisation: string | undefined
}

type Account = Pick<Partner["Service"], "gatekeeperUrl" | "organisationUrl">

/** Addresses are joined as strings: a relative `URL` would drop the prefix. */
const post = (url: string, organisation: string | undefined, body?: unknown): ApiRequest => ({
  method: "POST",
  url,
  query: [],
  body,
  organisation
})

export const requestToken = (account: Account, grant: Grant): ApiRequest => {
  const base = account.gatekeeperUrl
  switch (grant._tag) {
    case "OrganisationGrant":
      return post(`${base}/organisations/${grant.organisationId}/tokens`, grant.organisationId, {
        scopes: grant.scopes,
        expiresIn: grant.expiresIn
      })
    case "OwnGrant":
      return post(`${base}/tokens`, undefined, {
        scopes: grant.scopes,
        expiresIn: grant.expiresIn
      })
    case "ApplicationGrant": {
      const owner = grant.organisationId
      const path = owner === undefined ? "" : `/organisations/${owner}`
      return post(`${base}${path}/applications/tokens`, owner, {
        products: grant.products,
        resourceId: grant.resourceId
      })
    }
  }
}

export const revokeToken = (
  account: Account,
  organisation: OrganisationId | undefined,
  id: TokenId
): ApiRequest =>
  organisation === undefined
    ? post(`${account.gatekeeperUrl}/tokens/${id}/revoke`, undefined)
    : post(
        `${account.gatekeeperUrl}/organisations/${organisation}/tokens/${id}/revoke`,
        organisation
      )

export const revokeAll = (account: Account, organisation: OrganisationId | undefined): ApiRequest =>
  organisation === undefined
    ? post(`${account.gatekeeperUrl}/tokens/revoke`, undefined)
    : post(`${account.gatekeeperUrl}/organisations/${organisation}/tokens/revoke`, organisation)

export const getOrganisation = (account: Account, id: OrganisationId): ApiRequest => ({
  method: "GET",
  url: `${account.organisationUrl}/organisations/${id}`,
  query: [],
  body: undefined,
  organisation: id
})

export const listOrganisations = (
  account: Account,
  filter: OrganisationFilter,
  page: Required<PageRequest>
): ApiRequest => ({
  method: "GET",
  url: `${account.organisationUrl}/organisations`,
  query: [
    ...present("name", filter.name),
    ...present("customerdefinedreference", filter.customerDefinedReference),
    ...present("recursive", filter.recursive),
    ...present("vatnumber", filter.vatNumber),
    ...present("country", filter.country),
    ...present("status", filter.status),
    ...(filter.organisationIds ?? []).map((id) => ["organisationid", id] as const),
    ...present("organisationtype", filter.organisationType),
    ...present("pagenumber", page.pageNumber),
    ...present("pagesize", page.pageSize)
  ],
  body: undefined,
  organisation: undefined
})

const present = (
  name: string,
  value: string | number | boolean | undefined
): ReadonlyArray<readonly [string, string]> => (value === undefined ? [] : [[name, String(value)]])
