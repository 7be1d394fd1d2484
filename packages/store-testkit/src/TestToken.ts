/**
 * Keys and tokens for tests: shaped like real ones, worth nothing.
 *
 * @since 0.1.0
 */
import { AccessToken, TokenId } from "@onbehalf/core/AccessToken"
import type { Grant } from "@onbehalf/core/Grant"
import * as Lifetime from "@onbehalf/core/Lifetime"
import { OrganisationId } from "@onbehalf/core/Organisation"
import * as TokenKey from "@onbehalf/core/TokenKey"
import type { StoredToken } from "@onbehalf/core/TokenStore"
import * as Redacted from "effect/Redacted"

/**
 * What a made-up key differs in from the usual one.
 *
 * @category models
 * @since 0.1.0
 */
export interface TestKeyOptions {
  /** Default: `merchant-1`. `undefined` for the caller itself. */
  readonly organisation?: string | undefined
  /** Default: `["admin"]`. */
  readonly scopes?: ReadonlyArray<string>
  /** Seconds, as a part of the key. Default: 600. */
  readonly expiresIn?: number
  /** Default: `default`. */
  readonly account?: string
  /** Default: `sandbox`. */
  readonly environment?: "live" | "sandbox"
}

/**
 * A key as the broker makes it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const testKey = (options: TestKeyOptions = {}): TokenKey.TokenKey => {
  const { account = "default", environment = "sandbox" } = options
  const gatekeeperUrl = "https://gatekeeper.example"
  return TokenKey.make({ account, environment, gatekeeperUrl }, grantOf(options))
}

const grantOf = (options: TestKeyOptions): Grant => {
  const { expiresIn = 600, scopes = ["admin"] } = options
  const organisation = "organisation" in options ? options.organisation : "merchant-1"
  return organisation === undefined
    ? { _tag: "OwnGrant", scopes, expiresIn }
    : {
        _tag: "OrganisationGrant",
        organisationId: OrganisationId.make(organisation),
        scopes,
        expiresIn
      }
}

/**
 * What a made-up token differs in from the usual one.
 *
 * @category models
 * @since 0.1.0
 */
export interface TestTokenOptions {
  /** Monotonic milliseconds: core's `MonotonicClock`. Default: 0, which suits a test clock that stands still. */
  readonly issued?: number
  /** Milliseconds until its end. Default: 600 000. */
  readonly life?: number
  /** A number for where in its life it is due for renewal, 0 to 1. Default: 0.5. */
  readonly random?: number
  /** Default: the one of the key, or `own`. */
  readonly organisation?: string
  /** Default: `["admin"]`. */
  readonly scopes?: ReadonlyArray<string>
  /** What an application token is bound to. Default: nothing. */
  readonly resourceId?: string | undefined
  /** The text of the token. Default: made of its id. */
  readonly text?: string
}

/**
 * A token as the broker puts it into a store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const testToken = (
  key: TokenKey.TokenKey,
  id: string,
  options: TestTokenOptions = {}
): StoredToken => ({
  key,
  lifetime: Lifetime.make(options.issued ?? 0, options.life ?? 600_000, options.random ?? 0.5),
  token: new AccessToken({
    id: TokenId.make(id),
    organisation: options.organisation ?? key.organisation ?? "own",
    scopes: options.scopes ?? ["admin"],
    resourceId: options.resourceId,
    value: Redacted.make(options.text ?? `text-of-${id}`, { label: "token" })
  })
})
