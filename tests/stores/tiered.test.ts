import * as TieredStore from "@onbehalf/core/TieredStore"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import { storeSuite } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Each process has a near tier of its own, in front of one far store. */
const backend = Effect.map(MemoryStore.make(), (far) => ({
  layer: Layer.effect(
    TokenStore,
    Effect.flatMap(MemoryStore.make(), (near) => TieredStore.make({ near, far }))
  )
}))

const cannot = {
  corrupt: "the far tier keeps values, not records",
  transplant: "the far tier keeps values, not records",
  atRest: "it keeps nothing outside the process",
  disconnect: "its feed is a queue in the process",
  capacity: "the far tier's"
}

storeSuite("tiered memory, on a test clock", { backend, cannot, clock: "test" })
storeSuite("tiered memory, on a live clock", { backend, cannot, clock: "live" })
