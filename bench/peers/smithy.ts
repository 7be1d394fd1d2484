import { memoize } from "@smithy/property-provider"
import { life, type Peer, tokenFor } from "../peer.ts"

export const smithyMemoize: Peer = {
  name: "smithy memoize",
  packageName: "@smithy/property-provider",
  largest: Number.POSITIVE_INFINITY,
  prepare: async (keys) => {
    const providers = keys.map((key) => {
      const fetch = () => Promise.resolve({ token: tokenFor(key), until: Date.now() + life })
      return memoize(
        fetch,
        (held) => held.until - Date.now() < 300_000,
        () => true
      )
    })
    for (const provider of providers) await provider()
    return async (index) => await providers[index]?.()
  }
}
