import { pathToFileURL } from "node:url"
import type { DatabaseSync } from "node:sqlite"
import { checkDescriptors, checkFile, type Inode } from "./safety.ts"
import { failureOf, refusal } from "./failure.ts"
import { prepare } from "./schema.ts"
import { sqlite } from "./host.ts"
import { type Transactions, transactions } from "./transactions.ts"

/** The file that is in use, as the writing thread has it open. */
export interface OpenFile {
  readonly path: string
  readonly inode: Inode
  readonly identity: string
  readonly transactions: Transactions
  /** Begins a transaction; fails as busy while another process writes. */
  readonly begin: (isDurable: boolean) => void
  readonly commit: () => void
  readonly close: () => void
}

/** SQLite waits this long for a lock while the file is opened; later the writing thread does the waiting. */
const openingPatience = 3_000

/**
 * Write-ahead log: readers and writers do not wait for each other, and a commit is one `fsync`. Of the
 * journal modes it is the fastest by a factor of four, and a killed writer loses nothing in any of them.
 */
const settings = `
PRAGMA busy_timeout = 0;
PRAGMA journal_size_limit = 4194304;
PRAGMA cell_size_check = ON;
PRAGMA trusted_schema = OFF;
`

/** `undefined` where the file went away in between. */
export const openFile = (path: string, wall: number): OpenFile | undefined => {
  for (const file of [`${path}-wal`, `${path}-shm`]) checkFile(file)
  const inode = checkFile(path)
  if (inode === undefined) return undefined
  // Never made anew by SQLite, whose files are readable to all.
  const database = new sqlite.DatabaseSync(new URL("?mode=rw", pathToFileURL(path)), {
    timeout: openingPatience
  })
  try {
    return { path, inode, ...use(database, path, wall) }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Reads all of it. Fails where the disk does. */
export const isWhole = (path: string): boolean => {
  const database = new sqlite.DatabaseSync(new URL("?mode=ro", pathToFileURL(path)), {
    readOnly: true,
    timeout: openingPatience
  })
  try {
    return database.prepare("PRAGMA integrity_check").get()?.["integrity_check"] === "ok"
  } catch (error) {
    if (failureOf(error).kind === "doubtful") return false
    throw error
  } finally {
    database.close()
  }
}

const use = (
  database: DatabaseSync,
  path: string,
  wall: number
): Omit<OpenFile, "path" | "inode"> => {
  const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"]
  if (mode !== "wal") {
    throw refusal(`${path} lies on a file system without shared memory: choose a local disk`)
  }
  prepare(database, wall)
  database.exec(settings)
  const identity = database.prepare("SELECT hex(name) AS name FROM identity").get()?.["name"]
  checkDescriptors([path, `${path}-wal`, `${path}-shm`])
  const begin = database.prepare("BEGIN IMMEDIATE")
  const commit = database.prepare("COMMIT")
  return {
    identity: String(identity),
    transactions: transactions(database),
    begin: (isDurable) => {
      database.exec(`PRAGMA synchronous = ${isDurable ? "FULL" : "NORMAL"}`)
      begin.run()
    },
    commit: () => commit.run(),
    close: () => database.close()
  }
}
