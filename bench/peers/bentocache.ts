import { BentoCache, bentostore } from "bentocache"
import { memoryDriver } from "bentocache/drivers/memory"
import { life, type Peer } from "../peer.ts"

const getOrSet: Peer = {
  name: "bentocache getOrSet",
  packageName: "bentocache",
  open: (keys, upstream) => {
    const driver = memoryDriver({ maxItems: keys.length + 1, serialize: false })
    const cache = new BentoCache({
      default: "memory",
      stores: { memory: bentostore().useL1Layer(driver) }
    })
    const get = (key: string) =>
      cache.getOrSet({ key, ttl: life * 1_000, factory: () => upstream(key) })
    return { get: (index) => get(keys[index] ?? "") }
  }
}

export const peers = [getOrSet]
