import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"
import { life, type Peer, type Upstream } from "../peer.ts"

export const makeCache = (
  keys: ReadonlyArray<string>,
  upstream: Upstream
): Effect.Effect<Cache.Cache<string, string>> =>
  Cache.makeWith((key: string) => Effect.promise(() => upstream(key)), {
    capacity: keys.length + 1,
    timeToLive: () => life * 1_000
  })

const byRunPromise: Peer = {
  name: "Effect Cache, runPromise",
  packageName: "effect",
  open: async (keys, upstream) => {
    const cache = await Effect.runPromise(makeCache(keys, upstream))
    return { get: (index) => Effect.runPromise(Cache.get(cache, keys[index] ?? "")) }
  }
}

export const peers = [byRunPromise]
