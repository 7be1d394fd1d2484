// The cycler alone: the package exports it only inside a policy that also writes headers.
import { createTokenCycler } from "../node_modules/@azure/core-rest-pipeline/dist/esm/util/tokenCycler.js"
import { life, type Peer } from "../peer.ts"

const cycler: Peer = {
  name: "azure token cycler",
  packageName: "@azure/core-rest-pipeline",
  note: "one cycler a merchant",
  open: (keys, upstream) => {
    const cyclers = new Map(
      keys.map((key) => [
        key,
        createTokenCycler({
          getToken: async () => ({
            token: await upstream(key),
            expiresOnTimestamp: Date.now() + life * 1_000
          })
        })
      ])
    )
    return { get: (index) => cyclers.get(keys[index] ?? "")?.("admin", {}) }
  }
}

export const peers = [cycler]
