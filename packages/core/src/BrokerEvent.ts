/**
 * What a broker did, as a stream for logs, metrics and audit. No event holds a secret.
 *
 * @since 0.1.0
 */
import type { Revocation } from "./Revocation.ts"
import type { TokenError } from "./TokenError.ts"
import type { StoreError } from "./TokenStore.ts"

/**
 * Whom an event is about.
 *
 * @category models
 * @since 0.1.0
 */
export interface Subject {
  /** `undefined`: the caller itself. */
  readonly organisation: string | undefined
}

/**
 * A token was fetched because somebody waited for it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Acquired extends Subject {
  readonly _tag: "Acquired"
  readonly tokenId: string
}

/**
 * A token was fetched ahead of the end of the one before.
 *
 * @category models
 * @since 0.1.0
 */
export interface Renewed extends Subject {
  readonly _tag: "Renewed"
  readonly tokenId: string
}

/**
 * A token that is due was handed out while its renewal began: nobody waited.
 *
 * @category models
 * @since 0.1.0
 */
export interface ServedWhileRenewing extends Subject {
  readonly _tag: "ServedWhileRenewing"
}

/**
 * A fetch failed. `ahead`: it was a renewal ahead of time, and nobody was refused anything.
 *
 * @category models
 * @since 0.1.0
 */
export interface Refused extends Subject {
  readonly _tag: "Refused"
  readonly error: TokenError
  readonly ahead: boolean
}

/**
 * A token request was sent and its answer never came: there may be a live token that nobody knows.
 *
 * @category models
 * @since 0.1.0
 */
export interface AnswerLost extends Subject {
  readonly _tag: "AnswerLost"
}

/**
 * A revocation overtook a fetch; the fetched token was dropped and is being revoked.
 *
 * @category models
 * @since 0.1.0
 */
export interface Overtaken extends Subject {
  readonly _tag: "Overtaken"
  readonly tokenId: string
}

/**
 * Tokens were revoked: one, or all of an organisation (`tokenId` undefined).
 *
 * @category models
 * @since 0.1.0
 */
export interface Revoked extends Subject {
  readonly _tag: "Revoked"
  readonly tokenId: string | undefined
  readonly revocation: Revocation
}

/**
 * Trouble with the token store. It failed, and what happened next was up to the store policy; or it gave back
 * what had not been asked for, which was deleted and counted as a miss.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoreTrouble extends Subject {
  readonly _tag: "StoreTrouble"
  readonly operation: StoreError["operation"]
  readonly problem: "failed" | "poisoned"
}

/**
 * One thing that the broker did. Switch on `_tag`; no event holds a secret.
 *
 * @category models
 * @since 0.1.0
 */
export type BrokerEvent =
  | Acquired
  | Renewed
  | ServedWhileRenewing
  | Refused
  | AnswerLost
  | Overtaken
  | Revoked
  | StoreTrouble
