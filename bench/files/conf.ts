import Conf from "conf"
import { tokenFor } from "../work.ts"
import type { FileKeeper } from "./keeper.ts"

/** One file of JSON, written as a whole each time. */
export const conf: FileKeeper = {
  name: "conf",
  packageName: "conf",
  open: (folder) => {
    const store = new Conf<Record<string, string>>({
      cwd: folder,
      accessPropertiesByDotNotation: false
    })
    return {
      fill: async (keys) => {
        store.store = Object.fromEntries(keys.map((key) => [key, tokenFor(key)]))
      },
      put: (key) => store.set(key, tokenFor(key)),
      get: (key) => store.get(key)
    }
  }
}
