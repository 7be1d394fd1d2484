import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type { Caller } from "../Authentication.ts"
import type { SimulatedOrganisation } from "../Directory.ts"
import { GatekeeperApi } from "../GatekeeperApi.ts"
import type { Model } from "../Model.ts"
import { refuse, type Refusal } from "../Refusal.ts"
import { accessType, tokenText, type TokenRecord } from "../TokenMint.ts"
import { partners, permit } from "./permit.ts"
import type { ApplicationTokenRequest, TokenRequest } from "./wire.ts"

const service = "gatekeeper"
/** Life of a token in seconds when the request names none. */
const defaultExpiresIn = 10

const scopesOfProduct: Readonly<Record<string, ReadonlyArray<string>>> = {
  open_banking_pis: ["openbanking_pisp_read", "banks_read"],
  open_banking_ais: ["openbanking_aisp_read", "banks_read"]
}

const applicationScopes = (products: ReadonlyArray<string>) => [
  ...new Set(products.flatMap((product) => scopesOfProduct[product] ?? [`${product}_read`]))
]

const tokenData = (token: TokenRecord, accessToken: string, uri: string) => ({
  id: token.id,
  uri,
  accessToken,
  tokenType: "BEARER",
  accessType: accessType[token.requested.organisationType],
  requestingAccessType: accessType[token.requesting.organisationType],
  ...(token.requested.parentId === undefined ? {} : { parentId: token.requested.parentId }),
  expiryTime: token.expires,
  scopes: token.scopes,
  ipFiltering: token.ipFiltering,
  mtlsFilter: false,
  requestedOrganisation: token.requested.id,
  requestingOrganisation: token.requesting.id,
  status: token.revoked === undefined ? "ACTIVE" : "REVOKED",
  createdTimestamp: token.created,
  ...(token.revoked === undefined ? {} : { revokedTimestamp: token.revoked }),
  ...(token.application === undefined
    ? {}
    : { resourceId: token.application.resourceId, applicationToken: true }),
  links: []
})

/** `/organisations/{id}` for a call on behalf of a merchant, nothing for the caller's own. */
const baseOf = (organisation: SimulatedOrganisation, caller: Caller) =>
  organisation.id === caller.organisation.id ? "" : `/organisations/${organisation.id}`

const makeRequests = (model: Model) => {
  const answer = (
    caller: Caller,
    requested: SimulatedOrganisation,
    path: string,
    facts: Pick<TokenRecord, "scopes" | "ipFiltering" | "application"> & { expiresIn: number }
  ) =>
    Effect.map(model.now, (now) => {
      const { text, token } = model.mint.mint({
        ...facts,
        now,
        requested,
        requesting: caller.organisation
      })
      const uri = `${baseOf(requested, caller)}${path}/${token.id}`
      const revokeUri = `${baseOf(requested, caller)}/tokens/${token.id}/revoke`
      const links = [{ id: token.id, resourceType: "revoketoken", uri: revokeUri }]
      return { uri, data: { ...tokenData(token, text, uri), links } }
    })

  return {
    request: (
      caller: Caller,
      requested: SimulatedOrganisation,
      { expiresIn, scopes }: typeof TokenRequest.Type
    ) =>
      answer(caller, requested, "/tokens", {
        scopes,
        expiresIn: expiresIn ?? defaultExpiresIn,
        ipFiltering: model.settings.ipFiltering
      }),

    requestForApplication: (
      caller: Caller,
      requested: SimulatedOrganisation,
      { products, resourceId }: typeof ApplicationTokenRequest.Type
    ) =>
      answer(caller, requested, "/applications/tokens", {
        scopes: applicationScopes(products),
        expiresIn: model.settings.applicationTokenSeconds,
        ipFiltering: false,
        application: { resourceId, products }
      })
  }
}

const makeRevocations = (model: Model) => ({
  revokeAll: (caller: Caller, organisation: SimulatedOrganisation) =>
    Effect.map(model.now, (now) => {
      const uri = `${baseOf(organisation, caller)}/tokens/revoke`
      const revokedTokensCount = model.mint.revokeAll(organisation.id, now)
      return { uri, data: { uri, revokedTokensCount, links: [] } }
    }),

  revoke: Effect.fnUntraced(function* (
    caller: Caller,
    organisation: SimulatedOrganisation,
    id: string
  ): Effect.fn.Return<RevokeAnswer, Refusal<404 | 422>> {
    const now = yield* model.now
    const uri = `${baseOf(organisation, caller)}/tokens/${id}/revoke`
    const unknown = model.settings.revokeUnknown
    const found = model.mint.find(id)
    if (found === undefined || found.requested.id !== organisation.id) {
      if (unknown !== 200) return yield* Effect.fail(refuse(service, unknown))
      return { uri, data: { id, uri, status: "REVOKED", links: [] } }
    }
    const spent = found.revoked !== undefined || found.expires <= now
    if (spent && unknown === 422) return yield* Effect.fail(refuse(service, 422))
    const revoked = model.mint.revoke(id, now) ?? found
    return { uri, data: tokenData(revoked, tokenText(revoked), uri) }
  })
})

interface RevokeAnswer {
  readonly uri: string
  readonly data:
    | ReturnType<typeof tokenData>
    | { readonly id: string; readonly uri: string; readonly status: string; readonly links: [] }
}

/** The caller's merchant of that id: 404 outside the hierarchy, 403 while it is not ACTIVE. */
const merchantOf = (
  model: Model,
  caller: Caller,
  id: string,
  mustBeActive: boolean
): Effect.Effect<SimulatedOrganisation, Refusal<403 | 404>> => {
  const found = model.directory.get(id)
  if (found === undefined || !model.directory.isWithin(caller.organisation.id, id)) {
    return Effect.fail(refuse(service, 404))
  }
  return mustBeActive && found.status !== "ACTIVE"
    ? Effect.fail(refuse(service, 403))
    : Effect.succeed(found)
}

const own = { MERCHANT: "admin", PARTNER: "bankadmin", PARTNER_GROUP: "bankadmin" }

/** Handlers of the eight token operations. */
export const tokenHandlers = (model: Model) => {
  const operations = { ...makeRequests(model), ...makeRevocations(model) }
  const onBehalf = (scope: string, id: string, mustBeActive: boolean) =>
    permit(service, partners(scope)).pipe(
      Effect.flatMap((caller) =>
        Effect.map(merchantOf(model, caller, id, mustBeActive), (merchant) => ({
          caller,
          merchant
        }))
      )
    )
  return HttpApiBuilder.group(GatekeeperApi, "tokens", (handlers) =>
    handlers.handleAll({
      requestTokenForOrganisation: ({ params, payload }) =>
        Effect.flatMap(onBehalf("bankadmin", params.organisationId, true), ({ caller, merchant }) =>
          operations.request(caller, merchant, payload)
        ),
      requestApplicationTokenForOrganisation: ({ params, payload }) =>
        Effect.flatMap(
          onBehalf("application_tokens", params.organisationId, true),
          ({ caller, merchant }) => operations.requestForApplication(caller, merchant, payload)
        ),
      revokeTokensForOrganisation: ({ params }) =>
        Effect.flatMap(
          onBehalf("bankadmin", params.organisationId, false),
          ({ caller, merchant }) => operations.revokeAll(caller, merchant)
        ),
      revokeTokenForOrganisation: ({ params }) =>
        Effect.flatMap(
          onBehalf("bankadmin", params.organisationId, false),
          ({ caller, merchant }) => operations.revoke(caller, merchant, params.tokenId)
        ),
      requestToken: ({ payload }) =>
        Effect.flatMap(permit(service, own), (caller) =>
          operations.request(caller, caller.organisation, payload)
        ),
      requestApplicationToken: ({ payload }) =>
        Effect.flatMap(permit(service, { MERCHANT: "application_tokens" }), (caller) =>
          operations.requestForApplication(caller, caller.organisation, payload)
        ),
      revokeTokens: () =>
        Effect.flatMap(permit(service, own), (caller) =>
          operations.revokeAll(caller, caller.organisation)
        ),
      revokeToken: ({ params }) =>
        Effect.flatMap(permit(service, own), (caller) =>
          operations.revoke(caller, caller.organisation, params.tokenId)
        )
    })
  )
}
