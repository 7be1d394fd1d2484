/**
 * A handle on one grant.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type { AccessToken } from "./AccessToken.ts"
import type * as Grants from "./Grant.ts"
import type { TokenError } from "./TokenError.ts"
import type { TokenKey } from "./TokenKey.ts"

/**
 * What a caller needs of a token, and how long it waits for one.
 *
 * @category models
 * @since 0.1.0
 */
export interface AcquireOptions {
  /** Milliseconds of life that the token must have left. Default: 0. */
  readonly minimumValidity?: number | undefined
  /**
   * Milliseconds that this caller is willing to wait. Default: as long as the fetch takes,
   * which the broker bounds.
   */
  readonly deadline?: number | undefined
}

/**
 * A handle on one grant: its key is made once, so that a call costs a look-up.
 *
 * @category models
 * @since 0.1.0
 */
export interface TokenSource {
  readonly grant: Grants.Grant
  readonly key: TokenKey
  /** The token if this process holds a valid one; synchronous. */
  readonly peek: (minimumValidity?: number) => AccessToken | undefined
  /** A valid token: the held one, or a fresh one. Fails with the reason for which there is none. */
  readonly token: (options?: AcquireOptions) => Effect.Effect<AccessToken, TokenError>
  /**
   * Forgets this very token, so that the next call gets another one. Does nothing when another has taken
   * its place already: fifty holders of a refused token cause one renewal. Whether it was forgotten.
   */
  readonly invalidate: (token: { readonly id: string }) => Effect.Effect<boolean, TokenError>
}
