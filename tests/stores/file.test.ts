import * as FileStore from "@onbehalf/store-file"
import { storeSuite } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import { temporaryFolder } from "../../packages/store-file/test/support/temporaryFolder.ts"
import { cannot, hands, sealKey } from "../support/fileBackend.ts"

storeSuite("file", {
  backend: Effect.map(temporaryFolder, (directory) => ({
    layer: FileStore.layer({ directory, sealKey }),
    ...hands(directory)
  })),
  cannot
})
