/**
 * What a token is asked for.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { isId, malformedId } from "./internal/id.ts"
import type { OrganisationId } from "./Organisation.ts"
import { organisationId } from "./Organisation.ts"
import { type ErrorDetail, invalidRequest, type TokenError } from "./TokenError.ts"

/**
 * The shortest life that can be asked for, in seconds (Gatekeeper 3.3.0, `TokenRequest`).
 *
 * @category constants
 * @since 0.1.0
 */
export const minimumExpiresIn = 10

/**
 * The longest life that can be asked for, in seconds: one year (Gatekeeper 3.3.0, `TokenRequest`).
 *
 * @category constants
 * @since 0.1.0
 */
export const maximumExpiresIn = 31_556_926

/**
 * The life that is asked for where nobody says, in seconds. The server's own default of ten seconds makes about eight
 * requests a minute for a busy merchant; ten minutes make one in seven, and still bound what a leaked token is worth.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultExpiresIn = 600

/**
 * A token for a merchant, on its behalf: `POST /organisations/{id}/tokens`.
 *
 * @category models
 * @since 0.1.0
 */
export interface OrganisationGrant {
  readonly _tag: "OrganisationGrant"
  readonly organisationId: OrganisationId
  /** Sorted, without repetition, at least one. */
  readonly scopes: ReadonlyArray<string>
  /** Seconds; absent: the broker's default. */
  readonly expiresIn: number | undefined
}

/**
 * A token for the caller's own organisation: `POST /tokens`.
 *
 * @category models
 * @since 0.1.0
 */
export interface OwnGrant {
  readonly _tag: "OwnGrant"
  /** Sorted, without repetition, at least one. */
  readonly scopes: ReadonlyArray<string>
  /** Seconds; absent: the broker's default. */
  readonly expiresIn: number | undefined
}

/**
 * A token bound to one resource and to products, for mobile apps: `POST /applications/tokens`, or
 * `POST /organisations/{id}/applications/tokens` with an organisation.
 *
 * @category models
 * @since 0.1.0
 */
export interface ApplicationGrant {
  readonly _tag: "ApplicationGrant"
  /** Whose resource it is. Default: the caller's own. */
  readonly organisationId: OrganisationId | undefined
  /** Sorted, without repetition, at least one. */
  readonly products: ReadonlyArray<string>
  readonly resourceId: string
}

/**
 * What a token is asked for: for an organisation, for the partner itself, or for one application resource.
 *
 * @category models
 * @since 0.1.0
 */
export type Grant = OrganisationGrant | OwnGrant | ApplicationGrant

/**
 * Scopes and life of a token.
 *
 * @category models
 * @since 0.1.0
 */
export interface GrantOptions {
  /** At least one. Opaque, for example `admin` or `openbanking_pisp`. Order and repetition do not matter. */
  readonly scopes: ReadonlyArray<string>
  /** Seconds, {@link minimumExpiresIn} to {@link maximumExpiresIn}. Default: the broker's. */
  readonly expiresIn?: number | undefined
}

/**
 * What an application token is bound to.
 *
 * @category models
 * @since 0.1.0
 */
export interface ApplicationOptions {
  /** Whose resource it is. Default: the caller's own. */
  readonly organisationId?: string | undefined
  /** At least one, for example `open_banking_pis`. */
  readonly products: ReadonlyArray<string>
  /** The one resource that the token is bound to. */
  readonly resourceId: string
}

/**
 * A grant for one merchant. Fails with `InvalidRequest` before anything is sent.
 *
 * @category constructors
 * @since 0.1.0
 */
export const forOrganisation = Effect.fnUntraced(function* (
  id: string,
  options: GrantOptions
): Effect.fn.Return<OrganisationGrant, TokenError> {
  const checked = yield* organisationId(id)
  yield* checkGiven(options)
  yield* check([...checkNames("scopes", options.scopes), ...checkExpiresIn(options.expiresIn)])
  return {
    _tag: "OrganisationGrant",
    organisationId: checked,
    scopes: asSet(options.scopes),
    expiresIn: options.expiresIn
  }
})

/**
 * A grant for the caller's own organisation. Fails with `InvalidRequest` before anything is sent.
 *
 * @category constructors
 * @since 0.1.0
 */
export const own = Effect.fnUntraced(function* (
  options: GrantOptions
): Effect.fn.Return<OwnGrant, TokenError> {
  yield* checkGiven(options)
  yield* check([...checkNames("scopes", options.scopes), ...checkExpiresIn(options.expiresIn)])
  return { _tag: "OwnGrant", scopes: asSet(options.scopes), expiresIn: options.expiresIn }
})

/**
 * A grant for one resource. Fails with `InvalidRequest` before anything is sent.
 *
 * @category constructors
 * @since 0.1.0
 */
export const forApplication = Effect.fnUntraced(function* (
  options: ApplicationOptions
): Effect.fn.Return<ApplicationGrant, TokenError> {
  yield* checkGiven(options)
  const id =
    options.organisationId === undefined ? undefined : yield* organisationId(options.organisationId)
  yield* check([
    ...checkNames("products", options.products),
    ...(isId(options.resourceId) ? [] : [malformedId("resourceId")])
  ])
  return {
    _tag: "ApplicationGrant",
    organisationId: id,
    products: asSet(options.products),
    resourceId: options.resourceId
  }
})

/**
 * Checks a life before it is asked for. Fails with `InvalidRequest`.
 *
 * @category validation
 * @since 0.1.0
 */
export const expiresIn = (seconds: number): Effect.Effect<number, TokenError> =>
  Effect.as(check(checkExpiresIn(seconds)), seconds)

/**
 * Whom a grant acts for; `undefined` for the caller itself.
 *
 * @category accessors
 * @since 0.1.0
 */
export const organisationOf = (grant: Grant): OrganisationId | undefined =>
  grant._tag === "OwnGrant" ? undefined : grant.organisationId

const check = (problems: ReadonlyArray<ErrorDetail>): Effect.Effect<void, TokenError> =>
  problems.length === 0 ? Effect.void : Effect.fail(invalidRequest(problems))

/** Those who write JavaScript may forget them. */
const checkGiven = (options: object | undefined): Effect.Effect<void, TokenError> =>
  check(
    typeof options === "object" && options !== null
      ? []
      : [
          {
            field: "options",
            description: "must be given: a token is asked for with scopes or products"
          }
        ]
  )

const checkExpiresIn = (seconds: number | undefined): ReadonlyArray<ErrorDetail> =>
  seconds === undefined ||
  (Number.isInteger(seconds) && seconds >= minimumExpiresIn && seconds <= maximumExpiresIn)
    ? []
    : [
        {
          field: "expiresIn",
          description: `must be a whole number of seconds from ${minimumExpiresIn} to ${maximumExpiresIn}`
        }
      ]

const maximumNames = 100
const nameShape = /^[^\p{Cc}]{1,255}$/u

const checkNames = (field: string, names: ReadonlyArray<string>): ReadonlyArray<ErrorDetail> => {
  if (!Array.isArray(names) || names.length === 0) {
    return [{ field, description: "must name at least one" }]
  }
  if (names.length > maximumNames) {
    return [{ field, description: `must name at most ${maximumNames}` }]
  }
  return names.every((name) => typeof name === "string" && nameShape.test(name))
    ? []
    : [{ field, description: "must be 1 to 255 characters each, without control characters" }]
}

/** By code unit, so that the canonical form does not depend on a locale. */
const asSet = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...new Set(names)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
