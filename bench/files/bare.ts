import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { tokenFor } from "../work.ts"
import type { FileKeeper } from "./keeper.ts"

interface Record {
  readonly key: string
  readonly token: string
  readonly expires: number
}

const recordOf = (key: string): string =>
  JSON.stringify({ key, token: tokenFor(key), expires: Date.now() + 600_000 } satisfies Record)

/** The least that a file a record takes: written aside, synced, renamed; read and parsed. */
export const bare: FileKeeper = {
  name: "write, fsync, rename; read, parse",
  packageName: undefined,
  open: (folder) => {
    const pathOf = (key: string) => join(folder, `${key}.json`)
    return {
      fill: async (keys) => {
        for (const key of keys) writeFileSync(pathOf(key), recordOf(key))
      },
      put: (key) => {
        const aside = join(folder, "aside")
        const descriptor = openSync(aside, "w", 0o600)
        writeSync(descriptor, recordOf(key))
        fsyncSync(descriptor)
        closeSync(descriptor)
        renameSync(aside, pathOf(key))
      },
      get: (key) => (JSON.parse(readFileSync(pathOf(key), "utf8")) as Record).token
    }
  }
}
