/**
 * The identity of a grant within one partner account and one environment.
 *
 * Missing tenants or scopes in a cache key have served the wrong token elsewhere; so the key carries all
 * of it, and its text is injective: each part is preceded by its length, nothing is joined by a separator.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type { Grant } from "./Grant.ts"
import { organisationOf } from "./Grant.ts"
import type { Partner } from "./Partner.ts"

/**
 * Made once per grant, not once per call: building it costs more than looking a token up.
 *
 * @category models
 * @since 0.1.0
 */
export interface TokenKey {
  /** The canonical text: what stores index by, and what a record carries to prove whose it is. */
  readonly text: string
  /** Canonical text of the partner account and organisation alone: what a revocation reaches. */
  readonly owner: string
  /** The organisation's id; `undefined` for the caller itself. */
  readonly organisation: string | undefined
}

/**
 * What of a partner account is part of a key. The API key is not: tokens survive a new one.
 *
 * @category models
 * @since 0.1.0
 */
export type KeyAccount = Pick<Partner["Service"], "environment" | "gatekeeperUrl" | "account">

/**
 * The key of a grant. Grants without `expiresIn` must have been given the broker's default before.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (account: KeyAccount, grant: Grant): TokenKey => {
  const organisation = organisationOf(grant)
  const ownParts = ownerParts(account, organisation)
  return {
    text: encode([...ownParts, ...grantParts(grant)]),
    owner: encode(ownParts),
    organisation
  }
}

/**
 * The owner part of every key of one organisation (`undefined`: of the caller itself).
 *
 * @category constructors
 * @since 0.1.0
 */
export const owner = (account: KeyAccount, organisation: string | undefined): string =>
  encode(ownerParts(account, organisation))

/**
 * The parts of a canonical text: `decode(encode(parts))` is `parts`. None where the text is not canonical.
 *
 * @category encoding
 * @since 0.1.0
 */
export const decode = (text: string): Option.Option<ReadonlyArray<string>> => {
  const parts: Array<string> = []
  let at = 0
  while (at < text.length) {
    const colon = text.indexOf(":", at)
    const digits = text.slice(at, colon)
    if (colon === -1 || !/^(0|[1-9][0-9]{0,8})$/.test(digits)) return Option.none()
    const end = colon + 1 + Number(digits)
    if (end > text.length) return Option.none()
    parts.push(text.slice(colon + 1, end))
    at = end
  }
  return Option.some(parts)
}

/**
 * The canonical text of some parts, each preceded by its length.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (parts: ReadonlyArray<string>): string =>
  parts.map((part) => `${part.length}:${part}`).join("")

const ownerParts = (
  account: KeyAccount,
  organisation: string | undefined
): ReadonlyArray<string> => [
  account.environment,
  account.gatekeeperUrl,
  account.account,
  organisation === undefined ? "own" : `@${organisation}`
]

const grantParts = (grant: Grant): ReadonlyArray<string> =>
  grant._tag === "ApplicationGrant"
    ? ["application", grant.resourceId, ...grant.products]
    : ["scopes", String(grant.expiresIn), ...grant.scopes]
