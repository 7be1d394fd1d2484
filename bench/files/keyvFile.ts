import { KeyvFile } from "keyv-file"
import { join } from "node:path"
import { tokenFor } from "../work.ts"
import type { FileKeeper } from "./keeper.ts"

/** One file of JSON; held in memory, and written as a whole a while after each change unless it is told not to wait. */
export const keyvFile: FileKeeper = {
  name: "keyv-file",
  packageName: "keyv-file",
  open: (folder) => {
    const store = new KeyvFile({ filename: join(folder, "keyv.json"), writeDelay: 0 })
    return {
      fill: async (keys) => {
        await Promise.all(keys.map((key) => store.set(key, tokenFor(key))))
      },
      put: (key) => store.set(key, tokenFor(key)),
      get: (key) => store.get(key)
    }
  }
}
