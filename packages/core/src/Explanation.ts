/**
 * Why a grant's token was or was not served: for the engineer who looks at three in the morning. No secret.
 *
 * @since 0.1.0
 */
import type { StoreTrouble } from "./BrokerEvent.ts"
import type { TokenError } from "./TokenError.ts"

/**
 * All times are milliseconds from now, or for so long.
 *
 * @category models
 * @since 0.1.0
 */
export interface Explanation {
  /** `undefined`: the caller itself. */
  readonly organisation: string | undefined
  /** The token that is held, if one is. */
  readonly held:
    | {
        /** Where it was found: in this process, or only in the store beyond it. */
        readonly tier: "near" | "far"
        readonly tokenId: string
        /** Since its request was sent. */
        readonly age: number
        /** Until it is due for renewal; negative: it is due. */
        readonly renewalIn: number
        /** For which it is still handed out; 0: it is not. */
        readonly usableFor: number
      }
    | undefined
  /** A fetch that is under way for it. */
  readonly flight: "none" | "fetching" | "renewing"
  /** Renewals that failed in a row. */
  readonly failures: number
  /** Until a renewal is tried again; 0: now. */
  readonly renewalPausedFor: number
  readonly lastError: { readonly error: TokenError; readonly ago: number } | undefined
  /** Requests whose answer never came: tokens that may be alive and that nobody knows. */
  readonly answersLost: number
  /** The last trouble with the store, whoever it met; it may be over. */
  readonly storeTrouble:
    | (Pick<StoreTrouble, "operation" | "problem"> & { readonly ago: number })
    | undefined
  /** For which the whole account waits, because the upstream said so. */
  readonly rateLimitedFor: number
  /** For which everything fails at once, because the API key was refused. */
  readonly apiKeyRefusedFor: number
  /** For which this grant's or organisation's last refusal is remembered. */
  readonly refusalRememberedFor: number
  /** Fetches of the whole account that wait for their turn. */
  readonly waiting: number
}
