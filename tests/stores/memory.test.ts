import * as MemoryStore from "@onbehalf/store-memory"
import { storeSuite } from "@onbehalf/store-testkit"

const cannot = {
  share: "it lives in one process",
  survive: "it is gone with its process",
  corrupt: "it keeps values, not records",
  transplant: "it keeps values, not records",
  atRest: "it keeps nothing outside the process",
  disconnect: "its feed is a queue in the process"
}
const layer = MemoryStore.layer({ maximumTokens: 500 })

storeSuite("memory, on a test clock", { layer, cannot, capacity: 500, clock: "test" })
storeSuite("memory, on a live clock", { layer, cannot, capacity: 500, clock: "live" })
