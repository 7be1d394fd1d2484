import { memoize } from "@smithy/property-provider"
import { life, type Peer } from "../peer.ts"

/** Half a minute before it expires, as AWS' own providers are renewed five minutes before. */
const ahead = 30_000

const provider: Peer = {
  name: "smithy memoize",
  packageName: "@smithy/property-provider",
  note: "one provider a merchant",
  open: (keys, upstream) => {
    const providers = new Map(
      keys.map((key) => [
        key,
        memoize(
          async () => ({ token: await upstream(key), until: Date.now() + life * 1_000 }),
          (held) => held.until - Date.now() < ahead,
          () => true
        )
      ])
    )
    return { get: (index) => providers.get(keys[index] ?? "")?.() }
  }
}

export const peers = [provider]
