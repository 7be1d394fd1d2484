import { LRUCache } from "lru-cache"
import { life, type Peer, tokenFor } from "../peer.ts"

export const lruCacheFetch: Peer = {
  name: "lru-cache fetch",
  packageName: "lru-cache",
  largest: Number.POSITIVE_INFINITY,
  prepare: async (keys) => {
    const cache = new LRUCache<string, string>({
      max: keys.length + 1,
      ttl: life,
      fetchMethod: (key) => Promise.resolve(tokenFor(key))
    })
    for (const key of keys) await cache.fetch(key)
    return async (index) => await cache.fetch(keys[index] ?? "")
  }
}
