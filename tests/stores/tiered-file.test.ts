import * as TieredStore from "@onbehalf/core/TieredStore"
import * as FileStore from "@onbehalf/store-file"
import * as MemoryStore from "@onbehalf/store-memory"
import { storeSuite } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import { temporaryFolder } from "../../packages/store-file/test/support/temporaryFolder.ts"
import { cannot, hands, sealKey } from "../support/fileBackend.ts"

storeSuite("tiered file", {
  backend: Effect.map(temporaryFolder, (directory) => ({
    layer: TieredStore.layer({
      near: MemoryStore.layer(),
      far: FileStore.layer({ directory, sealKey })
    }),
    ...hands(directory)
  })),
  cannot
})
