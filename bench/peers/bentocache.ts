import { BentoCache, bentostore } from "bentocache"
import { memoryDriver } from "bentocache/drivers/memory"
import { life, type Peer, tokenFor } from "../peer.ts"

export const bento: Peer = {
  name: "bentocache",
  packageName: "bentocache",
  largest: Number.POSITIVE_INFINITY,
  prepare: async (keys) => {
    const cache = new BentoCache({
      default: "memory",
      stores: {
        memory: bentostore().useL1Layer(
          memoryDriver({ maxItems: keys.length + 1, serialize: false })
        )
      }
    })
    const get = (key: string) =>
      cache.getOrSet({ key, ttl: life, factory: () => Promise.resolve(tokenFor(key)) })
    for (const key of keys) await get(key)
    return async (index) => await get(keys[index] ?? "")
  }
}
