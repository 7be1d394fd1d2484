import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import type { TokenError } from "@onbehalf/core/TokenError"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import type { StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import { testKey, testToken, type TestTokenOptions } from "@onbehalf/store-testkit"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type FileStoreOptions, make } from "../../src/index.ts"

type Store = TokenStore["Service"]

export const sealKey = Buffer.alloc(32, 1).toString("base64")

/** A store as one more process would open it. */
export const open = (
  directory: string,
  options: FileStoreOptions = { sealKey }
): Effect.Effect<Store, TokenError, Scope.Scope> => make({ directory, ...options })

/** A store without its thread, which takes most of the time to start. */
export const openDirect = (directory: string): Effect.Effect<Store, TokenError, Scope.Scope> =>
  open(directory, { sealKey, thread: false })

export const key = (organisation: string, scope = "admin"): TokenKey =>
  testKey({ organisation, scopes: [scope] })

/** A token that is issued now. */
export const token = (key: TokenKey, id: string, options?: TestTokenOptions) =>
  Clock.clockWith((clock) =>
    Effect.succeed(testToken(key, id, { issued: monotonicMillis(clock)(), ...options }))
  )

/** Puts as a flight does that nothing overtook. */
export const keep = (
  store: Store,
  key: TokenKey,
  id: string,
  options?: TestTokenOptions
): Effect.Effect<"stored" | "superseded", StoreError> =>
  Effect.gen(function* () {
    const { generation } = yield* store.get(key)
    return yield* store.put(yield* token(key, id, options), generation)
  })

/** The id of the token that is held. */
export const heldIn = (
  store: Store,
  key: TokenKey
): Effect.Effect<string | undefined, StoreError> =>
  Effect.map(store.get(key), ({ held }) => held?.token.id)
