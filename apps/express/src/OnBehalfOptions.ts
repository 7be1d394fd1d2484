/**
 * @since 0.1.0
 */
import type { CreateTokenBrokerOptions } from "@onbehalf/core"
import type { Request } from "express"
import type { MaybePromise } from "./internal/chain.ts"

/**
 * The options of the broker (`apiKey`, `environment`, `store`, …; those that are not given come from `NUAPAY_*`), and
 * whom to act for.
 *
 * @category models
 * @since 0.1.0
 */
export interface OnBehalfOptions extends CreateTokenBrokerOptions {
  /**
   * Whom this request acts for: the id of the merchant who is signed in; `undefined` where nobody is (401). Errors that
   * it throws are forwarded as they are. Take it from what your app knows of the session. A part of the path, a query or a
   * header could name anybody: then `allow` must check it.
   */
  readonly organisation: (request: Request) => MaybePromise<string | undefined | null>
  /** What the tokens are for, for example `["admin"]`. */
  readonly scopes: ReadonlyArray<string>
  /**
   * Milliseconds of life that a token must have left when it is handed out; less than `expiresIn` gives it. Default: 0.
   */
  readonly minimumValidity?: number | undefined
  /** Whether this request may act for this merchant; anything but `true` is a 403. Default: it may. */
  readonly allow?: ((request: Request, organisationId: string) => MaybePromise<boolean>) | undefined
  /**
   * Refuses (403) whom Nuapay does not list as an active merchant of this partner. The answer is trusted for five
   * minutes, and stands while it is asked for again; a refusal is trusted for ten seconds. Default: `false`: Nuapay
   * refuses the token.
   */
  readonly directory?: boolean | undefined
  /** Fetches the token before the handler is called. Default: `false`: when it is used. */
  readonly eager?: boolean | undefined
  /**
   * Milliseconds from a request's arrival for which it waits in all, for Nuapay and for `organisation` and `allow`;
   * then 504. A token is waited for no longer than the broker's `deadline`, and the head of an answer no longer than 30
   * seconds, whatever this says. Default: 20 000.
   */
  readonly requestDeadline?: number | undefined
  /**
   * How many requests may wait at a time in this process, for Nuapay or for a promise of `organisation` or `allow`; beyond
   * that, 503 at once. Default: 1 000.
   */
  readonly maximumWaiting?: number | undefined
  /** The property of the request. Two middlewares in one app need two. Default: `onBehalf`. */
  readonly name?: string | undefined
}
