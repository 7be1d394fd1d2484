/** What only the process knows: the one file that asks it. */
import process from "node:process"
import type * as Sqlite from "node:sqlite"

export const { platform } = process

/** The user that this process runs as; `undefined` on Windows, which has no numbers for users. */
export const ownUser = (): number | undefined => process.geteuid?.()

/** Milliseconds of the machine's monotonic clock, the same in all threads and processes. */
export const uptime = (): number => Number(process.hrtime.bigint() / 1_000_000n)

/** Node 22 calls `node:sqlite` experimental, aloud, in the log of whoever loads it. That one word is kept back. */
const load = (): typeof Sqlite => {
  const spoken = Object.getOwnPropertyDescriptor(process, "emitWarning")
  process.emitWarning = () => undefined
  try {
    return process.getBuiltinModule("node:sqlite")
  } finally {
    if (spoken !== undefined) Object.defineProperty(process, "emitWarning", spoken)
  }
}

export const sqlite = load()
