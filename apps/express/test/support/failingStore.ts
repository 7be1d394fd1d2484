import type { StoreAdapter } from "@onbehalf/core"
import { StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** A store that answers nothing but errors. */
export const failingStore: StoreAdapter = {
  layer: Layer.effect(
    TokenStore,
    Effect.map(MemoryStore.make(), (store) => {
      const failing = (operation: StoreError["operation"]) => () =>
        Effect.fail(new StoreError({ operation, problem: "down" }))
      return {
        ...store,
        peek: () => undefined,
        epoch: () => Number.NaN,
        get: failing("get"),
        put: failing("put"),
        lease: failing("lease"),
        remove: failing("remove"),
        revoke: failing("revoke")
      } satisfies TokenStore["Service"]
    })
  )
}
