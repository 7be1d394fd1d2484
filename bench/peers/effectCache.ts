import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"
import type { Peer } from "../peer.ts"
import type { Upstream } from "../upstream.ts"
import { life } from "../work.ts"

export const makeCache = (size: number, upstream: Upstream) =>
  Cache.makeWith((key: string) => Effect.promise(() => upstream.text(key)), {
    capacity: size + 1,
    timeToLive: () => life
  })

export const effectCache: Peer = {
  name: "Effect Cache, runPromise",
  packageName: "effect",
  largest: Number.POSITIVE_INFINITY,
  open: async (keys, upstream) => {
    const cache = await Effect.runPromise(makeCache(keys.length, upstream))
    return { get: (key) => Effect.runPromise(Cache.get(cache, key)) }
  }
}
