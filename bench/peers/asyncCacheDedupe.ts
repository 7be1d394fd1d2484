import { createCache } from "async-cache-dedupe"
import { life, type Peer } from "../peer.ts"

const cache: Peer = {
  name: "async-cache-dedupe",
  packageName: "async-cache-dedupe",
  open: (keys, upstream) => {
    const defined = createCache({
      ttl: life,
      storage: { type: "memory", options: { size: keys.length + 1 } }
    }).define("token", upstream)
    return { get: (index) => defined.token(keys[index] ?? "") }
  }
}

export const peers = [cache]
