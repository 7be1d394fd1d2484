/** What users of @onbehalf/store-file write: see `names.ts`. */
import type * as StoreFileIndex from "@onbehalf/store-file"
import type { Contract, Has } from "./names.ts"

export type OfStoreFileIndex = Contract<
  [
    Has<typeof StoreFileIndex, "fileStore" | "layer" | "make">,
    Has<
      StoreFileIndex.FileStoreOptions,
      "directory?" | "oldSealKeys?" | "plaintext?" | "sealKey?" | "thread?"
    >
  ]
>
