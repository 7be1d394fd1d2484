import * as TieredStore from "@onbehalf/core/TieredStore"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import { storeSuite } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { openDirect } from "../../packages/store-file/test/support/store.ts"
import { temporaryFolder } from "../../packages/store-file/test/support/temporaryFolder.ts"
import { cannot, hands } from "../support/fileBackend.ts"

/** Without the thread, to which the tier is all the same: starting it takes longer than most cases. */
storeSuite("tiered file", {
  backend: Effect.map(temporaryFolder, (directory) => ({
    layer: TieredStore.layer({
      near: MemoryStore.layer(),
      far: Layer.effect(TokenStore, openDirect(directory))
    }),
    ...hands(directory)
  })),
  cannot
})
