import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Persistable from "effect/persistence/Persistable"
import * as PersistedCache from "effect/persistence/PersistedCache"
import * as Persistence from "effect/persistence/Persistence"
import { life, type Peer } from "../peer.ts"

class TokenOf extends Persistable.Class<{ payload: { readonly key: string } }>()("TokenOf", {
  primaryKey: ({ key }) => key,
  success: Schema.String
}) {}

const byRunPromise: Peer = {
  name: "Effect PersistedCache, runPromise",
  packageName: "effect",
  note: "persistence in memory",
  open: async (keys, upstream) => {
    const scope = Scope.makeUnsafe()
    const cache = await PersistedCache.make(
      ({ key }: TokenOf) => Effect.promise(() => upstream(key)),
      {
        storeId: "bench",
        timeToLive: () => life * 1_000,
        inMemoryCapacity: keys.length + 1,
        inMemoryTTL: () => life * 1_000
      }
    ).pipe(Effect.provide(Persistence.layerMemory), Scope.provide(scope), Effect.runPromise)
    return {
      get: (index) => Effect.runPromise(cache.get(new TokenOf({ key: keys[index] ?? "" })))
    }
  }
}

export const peers = [byRunPromise]
