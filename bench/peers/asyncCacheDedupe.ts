import { createCache } from "async-cache-dedupe"
import type { Peer } from "../peer.ts"
import { life } from "../work.ts"

export const asyncCacheDedupe: Peer = {
  name: "async-cache-dedupe",
  packageName: "async-cache-dedupe",
  largest: Number.POSITIVE_INFINITY,
  open: (keys, upstream) => {
    const cache = createCache({
      ttl: life / 1000,
      storage: { type: "memory", options: { size: keys.length + 1 } }
    }).define("token", (key: string) => upstream.text(key))
    return { get: (key) => cache.token(key) }
  }
}
