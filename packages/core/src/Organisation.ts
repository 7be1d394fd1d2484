/**
 * The organisations of a partner, in Nuapay's own words.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { checkId, Id, isId } from "./internal/id.ts"
import type { TokenError } from "./TokenError.ts"

/**
 * The encoded id that every path of the API takes: 1 to 255 of `A-Z a-z 0-9 _ -`, otherwise opaque.
 * Anything else is refused before a request is made, because a path segment such as `..` would turn
 * a merchant's call into the partner's own.
 *
 * @category models
 * @since 0.1.0
 */
export const OrganisationId = Id.pipe(Schema.brand("OrganisationId"))

/**
 * @category models
 * @since 0.1.0
 */
export type OrganisationId = typeof OrganisationId.Type

/**
 * An organisation as the Organisation service describes it (specification 1.17.2, `OrganisationResponse`).
 * `status` and `organisationType` are open sets: a value unknown today is kept, not refused.
 *
 * @category models
 * @since 0.1.0
 */
export class Organisation extends Schema.Class<Organisation>("@onbehalf/core/Organisation")({
  id: OrganisationId,
  parentId: Schema.optionalKey(Schema.String),
  name: Schema.optionalKey(Schema.String),
  /** `ACTIVE`, `PENDING` or `DISABLED` today. */
  status: Schema.optionalKey(Schema.String),
  /** `PARTNER_GROUP`, `PARTNER` or `MERCHANT` today. */
  organisationType: Schema.optionalKey(Schema.String),
  /** ISO 3166 alpha-2. */
  country: Schema.optionalKey(Schema.String),
  vatNumber: Schema.optionalKey(Schema.String),
  customerDefinedReference: Schema.optionalKey(Schema.String),
  registeredNumber: Schema.optionalKey(Schema.String),
  /** ISO 8601, as sent. */
  creationDateTime: Schema.optionalKey(Schema.String),
  /** ISO 8601, as sent. */
  lastUpdateDateTime: Schema.optionalKey(Schema.String)
}) {}

/**
 * What `GET /organisations` can filter by; an absent field does not filter.
 *
 * @category models
 * @since 0.1.0
 */
export interface OrganisationFilter {
  /** Part of the name. */
  readonly name?: string | undefined
  readonly customerDefinedReference?: string | undefined
  /** Search the whole hierarchy instead of one level. Default: `false`. */
  readonly recursive?: boolean | undefined
  readonly vatNumber?: string | undefined
  /** ISO 3166 alpha-2. */
  readonly country?: string | undefined
  readonly status?: "ACTIVE" | "PENDING" | "DISABLED" | undefined
  readonly organisationIds?: ReadonlyArray<string> | undefined
  readonly organisationType?: "PARTNER_GROUP" | "PARTNER" | "MERCHANT" | undefined
}

/**
 * Which page of a list.
 *
 * @category models
 * @since 0.1.0
 */
export interface PageRequest {
  /** From 1. Default: 1. */
  readonly pageNumber?: number | undefined
  /** 1 to 100. Default: 20, the server's own. */
  readonly pageSize?: number | undefined
}

/**
 * One page of organisations.
 *
 * @category models
 * @since 0.1.0
 */
export interface OrganisationPage {
  readonly organisations: ReadonlyArray<Organisation>
  readonly pageNumber: number
  readonly pageSize: number
  /** Absent where the server does not say. */
  readonly totalElements: number | undefined
  /** Absent where the server does not say. */
  readonly totalPages: number | undefined
}

/**
 * Whether anything is an organisation id.
 *
 * @category guards
 * @since 0.1.0
 */
export const isOrganisationId = (value: unknown): value is OrganisationId => isId(value)

/**
 * Checks an organisation id. Fails with `InvalidRequest`, before any request is made.
 *
 * @category constructors
 * @since 0.1.0
 */
export const organisationId: (id: string) => Effect.Effect<OrganisationId, TokenError> = checkId(
  "organisationId",
  isOrganisationId
)
