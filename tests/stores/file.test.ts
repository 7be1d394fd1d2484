import * as FileStore from "@onbehalf/store-file"
import { storeSuite } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import { temporaryFolder } from "../../packages/store-file/test/support/temporaryFolder.ts"
import { cannot, hands, sealKey } from "../support/fileBackend.ts"

const backend = (thread: boolean) =>
  Effect.map(temporaryFolder, (directory) => ({
    layer: FileStore.layer({ directory, sealKey, thread }),
    ...hands(directory)
  }))

storeSuite("file", { backend: backend(true), cannot })

storeSuite("file, without a thread", { backend: backend(false), cannot })
