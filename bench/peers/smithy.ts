import { memoize } from "@smithy/property-provider"
import type { Peer } from "../peer.ts"
import { life } from "../work.ts"

export const smithyMemoize: Peer = {
  name: "smithy memoize",
  packageName: "@smithy/property-provider",
  largest: Number.POSITIVE_INFINITY,
  open: (keys, upstream) => {
    const providerFor = (key: string) =>
      memoize(
        async () => ({ token: await upstream.text(key), until: Date.now() + life }),
        (held) => held.until - Date.now() < 300_000,
        () => true
      )
    const providers = new Map(keys.map((key) => [key, providerFor(key)]))
    return { get: (key) => providers.get(key)?.() }
  }
}
