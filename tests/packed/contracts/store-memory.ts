/** What users of @onbehalf/store-memory write: see `names.ts`. */
import type * as StoreMemoryIndex from "@onbehalf/store-memory"
import type { Contract, Has } from "./names.ts"

export type OfStoreMemoryIndex = Contract<
  [
    Has<typeof StoreMemoryIndex, "layer" | "make" | "memoryStore">,
    Has<StoreMemoryIndex.MemoryStoreOptions, "maximumBytes?" | "maximumTokens?">
  ]
>
