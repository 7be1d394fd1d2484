import { LRUCache } from "lru-cache"
import { life, type Peer } from "../peer.ts"

const fetch: Peer = {
  name: "lru-cache fetch",
  packageName: "lru-cache",
  open: (keys, upstream) => {
    const cache = new LRUCache<string, string>({
      max: keys.length + 1,
      ttl: life * 1_000,
      fetchMethod: upstream
    })
    return { get: (index) => cache.fetch(keys[index] ?? "") }
  }
}

export const peers = [fetch]
