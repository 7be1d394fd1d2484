/**
 * The adapter protocol: where tokens are kept between two calls. A store keeps typed values under typed
 * keys; it knows nothing of HTTP, renewal or flights.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { AccessToken, TokenId } from "./AccessToken.ts"
import type { Lifetime } from "./Lifetime.ts"
import type { TokenKey } from "./TokenKey.ts"

/**
 * A token as stores keep it. It carries its own full key, which is compared again when it is read.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredToken {
  readonly key: TokenKey
  readonly token: AccessToken
  readonly lifetime: Lifetime
}

/**
 * What a look into the store found.
 *
 * @category models
 * @since 0.1.0
 */
export interface Lookup {
  /** The token that is held, alive or not; the broker judges its life again. */
  readonly held: StoredToken | undefined
  /** How often the owner had been revoked at the time of the look; goes back into `put`. */
  readonly generation: number
}

/**
 * The right to fetch. It only saves requests: a second fetch is harmless, so nothing rests on it but thrift.
 *
 * @category models
 * @since 0.1.0
 */
export interface Lease {
  /** Grows with every lease of a key, so that a holder that slept past its time can be told from the next. */
  readonly fence: number
}

/**
 * What changed in a store, by whomever. `Connected` comes first and after every interruption: from there on
 * nothing is missed.
 *
 * @category models
 * @since 0.1.0
 */
export type StoreChange =
  | { readonly _tag: "Connected" }
  | { readonly _tag: "Stored"; readonly text: string; readonly id: string }
  | { readonly _tag: "Removed"; readonly text: string; readonly id: string }
  | { readonly _tag: "Released"; readonly text: string }
  | { readonly _tag: "Revoked"; readonly owner: string }

/**
 * An entry without its secret, for listing.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoreEntry {
  readonly key: TokenKey
  readonly id: TokenId
  readonly organisation: string
  readonly scopes: ReadonlyArray<string>
  readonly lifetime: Lifetime
}

/**
 * The entry of a stored token.
 *
 * @category constructors
 * @since 0.1.0
 */
export const entryOf = ({ key, lifetime, token }: StoredToken): StoreEntry => ({
  key,
  lifetime,
  id: token.id,
  organisation: token.organisation,
  scopes: token.scopes
})

/**
 * The store could not do it. Carries no value and no cause that could hold one.
 *
 * @category errors
 * @since 0.1.0
 */
export class StoreError extends Schema.TaggedError<StoreError>("@onbehalf/core/StoreError")(
  "StoreError",
  {
    operation: Schema.Literals(["get", "put", "remove", "revoke", "lease", "changes", "entries"]),
    problem: Schema.String
  }
) {
  override get message(): string {
    return `store ${this.operation}: ${this.problem}`
  }
}

/**
 * The protocol that stores implement: how tokens are kept, shared and forgotten. Fails with `StoreError`.
 *
 * @category services
 * @since 0.1.0
 */
export class TokenStore extends Context.Service<
  TokenStore,
  {
    /** A synchronous look at what this process already holds. No I/O, never throws. */
    readonly peek: (key: TokenKey) => StoredToken | undefined
    /**
     * Grows whenever something that was held may have gone: what `peek` gave at one epoch holds until the next,
     * so that a caller may keep it in hand. `NaN`, which equals nothing, where that cannot be promised.
     */
    readonly epoch: () => number
    /** The token and the owner's generation, read together. */
    readonly get: (key: TokenKey) => Effect.Effect<Lookup, StoreError>
    /** Stores in one atomic step, or not at all when the owner was revoked after `generation` was read. */
    readonly put: (
      stored: StoredToken,
      generation: number
    ) => Effect.Effect<"stored" | "superseded", StoreError>
    /** Compare-and-remove: only if it is still that token. Whether it was. */
    readonly remove: (key: TokenKey, id: string) => Effect.Effect<boolean, StoreError>
    /** Generation + 1 and every token of that owner gone, in one atomic step. How many there were. */
    readonly revoke: (owner: string) => Effect.Effect<number, StoreError>
    /**
     * The right to fetch this key for `atMost` milliseconds, until the scope closes; none when another holds
     * it. Dies by itself with a dead holder.
     */
    readonly lease: (
      key: TokenKey,
      atMost: number
    ) => Effect.Effect<Lease | undefined, StoreError, Scope.Scope>
    /** What changes from now on. Ends with an error when the connection is lost; run it again. */
    readonly changes: Stream.Stream<StoreChange, StoreError>
    /** What is held, without secrets. */
    readonly entries: Effect.Effect<ReadonlyArray<StoreEntry>, StoreError>
  }
>()("@onbehalf/core/TokenStore") {}
