/**
 * What the suite has to know about a store: how to open it, and what can be done to what it keeps.
 *
 * @since 0.1.0
 */
import type { TokenKey } from "@onbehalf/core/TokenKey"
import type { TokenStore } from "@onbehalf/core/TokenStore"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

/**
 * Where tokens are kept, as tests reach it. What is not given must be named in the suite's `cannot`, with a
 * reason. What fails here fails the case that needs it.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoreBackend {
  /** The store of one process. It is built anew for every process that a case opens; they meet in the backend. */
  readonly layer: Layer.Layer<TokenStore, Error>
  /** Damages what is kept under a key, as a broken disk or a stranger would. */
  readonly corrupt?: (key: TokenKey) => Effect.Effect<void, Error>
  /** Puts what is kept under the first key under the second, too, as a stranger would. */
  readonly transplant?: (from: TokenKey, to: TokenKey) => Effect.Effect<void, Error>
  /** All that is kept outside the process, names and values. */
  readonly atRest?: Effect.Effect<ReadonlyArray<string | Uint8Array>, Error>
  /** Cuts every feed of changes once; it may come back at once. */
  readonly disconnect?: Effect.Effect<void, Error>
  /** The most tokens that this store was told to hold: at least 200. */
  readonly capacity?: number
}

/**
 * What a case needs. A store that does not have it says so in `cannot`:
 *
 * - `share`: two processes open the same tokens
 * - `survive`: what was acknowledged is there when the last process has gone and another comes
 * - `connected`: its feed of changes says `Connected`, and misses nothing from then on
 * - `corrupt`, `transplant`, `atRest`, `disconnect`, `capacity`: the field of that name in {@link StoreBackend}
 *
 * @category models
 * @since 0.1.0
 */
export type Ability =
  | "share"
  | "survive"
  | "connected"
  | "corrupt"
  | "transplant"
  | "atRest"
  | "disconnect"
  | "capacity"
