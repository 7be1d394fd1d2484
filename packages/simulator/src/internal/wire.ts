import * as Schema from "effect/Schema"

const optional = Schema.optionalKey

/** `links[]` of every resource. */
export const Link = Schema.Struct({
  id: optional(Schema.String),
  resourceType: optional(Schema.String),
  uri: optional(Schema.String)
})

/** `page` of every list. */
export const Page = Schema.Struct({
  pageNumber: Schema.Int,
  pageSize: Schema.Int,
  totalElements: Schema.Int,
  totalPages: Schema.Int
})

/** The answer around one resource. */
export const envelope = <S extends Schema.Top>(data: S) =>
  Schema.Struct({ uri: Schema.String, data })

/** The answer around a list. */
export const list = <S extends Schema.Top>(item: S) =>
  Schema.Struct({
    uri: Schema.String,
    data: Schema.Array(item),
    page: Page,
    sort: Schema.Array(Schema.String)
  })

/** An organisation, as the organisation service gives it. */
export const OrganisationData = Schema.Struct({
  id: Schema.String,
  uri: Schema.String,
  parentId: optional(Schema.String),
  name: Schema.String,
  address: Schema.Struct({
    streetName: Schema.String,
    buildingNumber: Schema.String,
    postCode: Schema.String,
    townName: Schema.String,
    country: Schema.String
  }),
  contact: Schema.Struct({
    firstName: Schema.String,
    lastName: Schema.String,
    email: Schema.String,
    language: Schema.String
  }),
  country: Schema.String,
  // The schema says vatNumber, the examples say vatID; both are sent.
  vatNumber: Schema.String,
  vatID: Schema.String,
  customerDefinedReference: Schema.String,
  registeredNumber: Schema.String,
  status: Schema.String,
  organisationType: Schema.String,
  creationDateTime: Schema.String,
  lastUpdateDateTime: Schema.String,
  links: Schema.Array(Link)
})

/** A token, as the Gatekeeper gives it. Times are epoch milliseconds. */
export const TokenData = Schema.Struct({
  id: Schema.String,
  uri: Schema.String,
  accessToken: optional(Schema.String),
  tokenType: optional(Schema.String),
  accessType: optional(Schema.String),
  requestingAccessType: optional(Schema.String),
  parentId: optional(Schema.String),
  expiryTime: optional(Schema.Int),
  scopes: optional(Schema.Array(Schema.String)),
  ipFiltering: optional(Schema.Boolean),
  mtlsFilter: optional(Schema.Boolean),
  requestedOrganisation: optional(Schema.String),
  requestingOrganisation: optional(Schema.String),
  status: Schema.String,
  createdTimestamp: optional(Schema.Int),
  revokedTimestamp: optional(Schema.Int),
  resourceId: optional(Schema.String),
  applicationToken: optional(Schema.Boolean),
  links: Schema.Array(Link)
})

/** Answer to revoking all tokens. */
export const RevokedCount = Schema.Struct({
  uri: Schema.String,
  revokedTokensCount: Schema.Int,
  links: Schema.Array(Link)
})

/** A token request; `expiresIn` in seconds, 10 when absent. */
export const TokenRequest = Schema.Struct({
  scopes: Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1)),
  expiresIn: optional(Schema.Int.check(Schema.isBetween({ minimum: 10, maximum: 31_556_926 })))
})

/** An application token request. */
export const ApplicationTokenRequest = Schema.Struct({
  products: Schema.Array(
    Schema.Literals([
      "open_banking_pis",
      "open_banking_ais",
      "direct_debits",
      "credit_transfers",
      "accounts_validation_and_enrichment",
      "accounts",
      "nuapay_accounts",
      "emandates",
      "account_verification"
    ])
  ).check(Schema.isMinLength(1), Schema.isUnique()),
  resourceId: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,255}$/))
})

/** `pagenumber` and `pagesize` of a list's query, before their limits are checked. */
export const pageQuery = {
  pagenumber: optional(Schema.Int),
  pagesize: optional(Schema.Int)
}
