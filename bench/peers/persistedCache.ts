import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Persistable from "effect/persistence/Persistable"
import * as PersistedCache from "effect/persistence/PersistedCache"
import * as Persistence from "effect/persistence/Persistence"
import type { Peer } from "../peer.ts"
import type { Upstream } from "../upstream.ts"
import { life } from "../work.ts"

export class TokenRequest extends Persistable.Class<{
  readonly payload: { readonly key: string }
}>()("TokenRequest", { primaryKey: ({ key }) => key, success: Schema.String }) {}

export const makePersistedCache = (size: number, upstream: Upstream) =>
  PersistedCache.make(({ key }: TokenRequest) => Effect.promise(() => upstream.text(key)), {
    storeId: "tokens",
    timeToLive: () => life,
    // Its own defaults, ten seconds and 1 024 tokens, would measure the store behind it.
    inMemoryTTL: () => life,
    inMemoryCapacity: size + 1
  })

/** A request is made for each call, as its users do; the store behind it is in memory. */
export const persistedCache: Peer = {
  name: "Effect PersistedCache, runPromise",
  packageName: "effect",
  largest: Number.POSITIVE_INFINITY,
  open: async (keys, upstream) => {
    const runtime = ManagedRuntime.make(Persistence.layerMemory)
    const scope = Scope.makeUnsafe()
    const cache = await runtime.runPromise(
      Scope.provide(makePersistedCache(keys.length, upstream), scope)
    )
    return {
      get: (key) => Effect.runPromise(cache.get(new TokenRequest({ key }))),
      close: () => runtime.dispose()
    }
  }
}
