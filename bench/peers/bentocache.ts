import { BentoCache, bentostore } from "bentocache"
import { memoryDriver } from "bentocache/drivers/memory"
import type { Peer } from "../peer.ts"
import { life } from "../work.ts"

export const bento: Peer = {
  name: "bentocache",
  packageName: "bentocache",
  largest: Number.POSITIVE_INFINITY,
  open: (keys, upstream) => {
    const cache = new BentoCache({
      default: "memory",
      stores: {
        memory: bentostore().useL1Layer(
          memoryDriver({ maxItems: keys.length + 1, serialize: false })
        )
      }
    })
    return {
      get: (key) => cache.getOrSet({ key, ttl: life, factory: () => upstream.text(key) }),
      close: () => cache.disconnectAll()
    }
  }
}
