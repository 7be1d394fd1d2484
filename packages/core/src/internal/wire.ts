/** All tolerance of the wire format in one place: what may be missing, null, of another type, or unknown. */
import * as Schema from "effect/Schema"
import { TokenId, TokenValue } from "../AccessToken.ts"
import { OrganisationId } from "../Organisation.ts"

/** A field that may be absent, null, or of a type we cannot use: then it counts as absent. */
const lenientText = Schema.optionalKey(Schema.Unknown)
const lenientNumber = Schema.optionalKey(Schema.Unknown)

export const TokenEnvelope = Schema.Struct({
  data: Schema.Struct({
    id: TokenId,
    accessToken: TokenValue,
    tokenType: lenientText,
    status: lenientText,
    scopes: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.String))),
    requestedOrganisation: lenientText,
    requestingOrganisation: lenientText,
    applicationToken: Schema.optionalKey(Schema.Unknown),
    resourceId: lenientText,
    createdTimestamp: lenientNumber,
    expiryTime: lenientNumber
  })
})

/** The answer echoes the access token: it is not even decoded. */
export const RevokedTokenEnvelope = Schema.Struct({
  data: Schema.Struct({
    id: TokenId,
    status: lenientText,
    revokedTimestamp: lenientNumber
  })
})

export const RevokedCountEnvelope = Schema.Struct({
  data: Schema.Struct({ revokedTokensCount: lenientNumber })
})

export const OrganisationData = Schema.Struct({
  id: OrganisationId,
  parentId: lenientText,
  name: lenientText,
  status: lenientText,
  organisationType: lenientText,
  country: lenientText,
  vatNumber: lenientText,
  vatID: lenientText,
  customerDefinedReference: lenientText,
  registeredNumber: lenientText,
  creationDateTime: lenientText,
  lastUpdateDateTime: lenientText
})

export const OrganisationEnvelope = Schema.Struct({ data: OrganisationData })

export const OrganisationsEnvelope = Schema.Struct({
  data: Schema.Array(OrganisationData),
  page: Schema.optionalKey(
    Schema.NullOr(
      Schema.Struct({
        pageNumber: lenientNumber,
        pageSize: lenientNumber,
        totalElements: lenientNumber,
        totalPages: lenientNumber
      })
    )
  )
})

export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

export const number = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined
