/**
 * What a request handler sees: a client that acts for the request's own merchant, and for no other.
 *
 * @since 0.1.0
 */
import type { Token } from "@onbehalf/core"

/**
 * Everything waits until the request's deadline at most and gives up when the client has gone. Rejects with an
 * `OnBehalfError`, which Express knows how to answer.
 *
 * @category models
 * @since 0.1.0
 */
export interface MerchantAccess {
  /** Whom it acts for. */
  readonly organisationId: string
  /**
   * `fetch` for this merchant: a path such as `/mandates`, on Nuapay's origin, with the merchant's token. A refused
   * token is replaced once, where the body can be sent again; a 401 that remains rejects with `upstream_refused`. Where
   * the body breaks off or is not what it should be, `json()`, `text()` and their like reject with `upstream_failed`.
   */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** A valid token, for an HTTP client of your own; fetched only when none is held. */
  token(): Promise<Token>
  /** The `Authorization` header with a valid token. */
  authorization(): Promise<string>
}

/**
 * Another grant for the same merchant; what is not given stays as the middleware was told.
 *
 * @category models
 * @since 0.1.0
 */
export interface UsingOptions {
  /** What the token may be used for. Default: as the middleware was told. */
  readonly scopes?: ReadonlyArray<string> | undefined
  /** Seconds that the token is asked to live. Default: as the middleware was told. */
  readonly expiresIn?: number | undefined
  /** Milliseconds of life that the token must have left. Default: as the middleware was told. */
  readonly minimumValidity?: number | undefined
}

/**
 * What the middleware puts on a request as `req.onBehalf`: calls for the request's own merchant.
 *
 * @category models
 * @since 0.1.0
 */
export interface OnBehalf extends MerchantAccess {
  /** The same merchant with another grant; what is not given stays as it is. Throws an `OnBehalfError` where it is no grant. */
  using(options: UsingOptions): OnBehalf
  /** A token for one resource of the merchant, to hand to a mobile app. Throws an `OnBehalfError` where it is no grant. */
  application(options: {
    readonly products: ReadonlyArray<string>
    readonly resourceId: string
  }): MerchantAccess
}

/**
 * A request with the merchant under another name, for an app that uses the middleware more than once:
 *
 * ```ts
 * declare global {
 *   namespace Express {
 *     interface Request extends OnBehalfAs<"sandbox"> {}
 *   }
 * }
 * ```
 *
 * @category models
 * @since 0.1.0
 */
export type OnBehalfAs<Name extends string> = { readonly [Key in Name]: OnBehalf }
