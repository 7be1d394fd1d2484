import { LRUCache } from "lru-cache"
import type { Peer } from "../peer.ts"
import { life } from "../work.ts"

/** @param ttlResolution milliseconds for which it believes the time it last read; its default is 1. */
const lruCache = (name: string, ttlResolution: number): Peer => ({
  name,
  packageName: "lru-cache",
  largest: Number.POSITIVE_INFINITY,
  open: (keys, upstream) => {
    const cache = new LRUCache<string, string>({
      max: keys.length + 1,
      ttl: life,
      ttlResolution,
      fetchMethod: (key) => upstream.text(key)
    })
    return { get: (key) => cache.fetch(key) }
  }
})

export const lruCacheFetch = lruCache("lru-cache fetch", 1)

export const lruCacheFetchExact = lruCache("lru-cache fetch, ttlResolution 0", 0)
