import { createCache } from "async-cache-dedupe"
import { life, type Peer, tokenFor } from "../peer.ts"

export const asyncCacheDedupe: Peer = {
  name: "async-cache-dedupe",
  packageName: "async-cache-dedupe",
  largest: Number.POSITIVE_INFINITY,
  prepare: async (keys) => {
    const cache = createCache({
      ttl: life / 1000,
      storage: { type: "memory", options: { size: keys.length + 1 } }
    }).define("token", (key: string) => Promise.resolve(tokenFor(key)))
    for (const key of keys) await cache.token(key)
    return async (index) => await cache.token(keys[index] ?? "")
  }
}
