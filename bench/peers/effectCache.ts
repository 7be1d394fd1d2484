import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"
import { life, type Peer, tokenFor } from "../peer.ts"

export const effectCache: Peer = {
  name: "Effect Cache, runPromise",
  packageName: "effect",
  largest: Number.POSITIVE_INFINITY,
  prepare: async (keys) => {
    const cache = await Effect.runPromise(
      Cache.makeWith((key: string) => Effect.succeed(tokenFor(key)), {
        capacity: keys.length + 1,
        timeToLive: () => life
      })
    )
    for (const key of keys) await Effect.runPromise(Cache.get(cache, key))
    return async (index) => await Effect.runPromise(Cache.get(cache, keys[index] ?? ""))
  }
}
