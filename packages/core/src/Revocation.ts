/**
 * What can be revoked, and what became of it.
 *
 * @since 0.1.0
 */
import type { TokenError } from "./TokenError.ts"

/**
 * A token, or what is known of one.
 *
 * @category models
 * @since 0.1.0
 */
export interface RevocableToken {
  readonly id: string
  readonly organisation: string
}

/**
 * What became of a revocation. Gone here it is in any case.
 *
 * - `revoked`: the upstream confirmed it; `tokens` is how many, where it says so.
 * - `alreadyGone`: the upstream does not know the token (any more).
 * - `unconfirmed`: no confirmation; the token may live until it expires. `error` says why.
 *
 * @category models
 * @since 0.1.0
 */
export type Revocation =
  | { readonly outcome: "revoked"; readonly tokens: number | undefined }
  | { readonly outcome: "alreadyGone" }
  | { readonly outcome: "unconfirmed"; readonly error: TokenError }

/**
 * What became of the tokens that this process had fetched.
 *
 * @category models
 * @since 0.1.0
 */
export interface ShutdownReport {
  readonly revoked: number
  readonly alreadyGone: number
  /** Not confirmed in time, or refused. */
  readonly unconfirmed: number
  /** Skipped: dead by themselves. */
  readonly expired: number
}
