import { assert } from "@effect/vitest"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { History } from "./history.ts"
import { direct } from "./writing.ts"

/** Opens the file as the next process would: it is whole, it is the one from before, and it keeps its word. */
export const check = (folder: string, history: History): void => {
  const file = direct(folder)
  const { path } = file.ask("locate", { suspect: undefined })
  // A commit whose writer was killed just before it was told may come to light until somebody else commits.
  whenUnlocked(() => file.ask("beat", { holder: "check" }))
  const database = new DatabaseSync(path, { timeout: 5_000 })
  try {
    assert.strictEqual(path, join(folder, "tokens-1.db"))
    history.check(database)
    const [whole] = database.prepare("PRAGMA integrity_check").all()
    assert.strictEqual(whole?.["integrity_check"], "ok")
  } finally {
    database.close()
    file.close()
  }
}

/** Eight writers on a busy machine may keep anybody from the lock for longer than a store waits. */
const attempts = 30

const whenUnlocked = (write: () => unknown, left = attempts): void => {
  try {
    write()
  } catch (error) {
    if (left === 1 || !String(error).includes("the file is locked by another process")) throw error
    whenUnlocked(write, left - 1)
  }
}
