import { pathToFileURL } from "node:url"
import type { StoreChange } from "@onbehalf/core/TokenStore"
import { damaged, Failed } from "./failure.ts"
import type { Row } from "./requests.ts"
import { sqlite } from "./host.ts"
import { lastFence, lastRevocationOf } from "./schema.ts"

/** The file as it is read: short looks, on the thread that asks. */
export interface Queries {
  readonly identity: () => string
  readonly find: (key: string) => Found
  /** The number of the last change. */
  readonly lastChange: () => number
  /** Changes after a number, the oldest first, a bounded number at a time. */
  readonly changesAfter: (number: number) => ReadonlyArray<Change>
  /** Tokens after a row, a bounded number at a time. */
  readonly page: (after: number) => ReadonlyArray<KeyedRow>
  readonly close: () => void
}

export interface KeyedRow extends Row {
  readonly number: number
  readonly key: string
}

export interface Found {
  readonly generation: number
  readonly row: Row | undefined
}

export interface Change {
  readonly number: number
  readonly change: StoreChange
}

/** Changes and tokens read at once: each well under a millisecond. */
const maximumChangesAtOnce = 256
const maximumTokensAtOnce = 32

const columns = `owner, organisation, id, generation, stored, uptime, remaining, record,
  generation >= ${lastRevocationOf("tokens.owner")} AND (fence = 0 OR fence <= ${lastFence})`

const findText = `
SELECT ${columns}, (SELECT max(generation) FROM revocations)
FROM (SELECT 1) LEFT JOIN tokens ON key = ?`

const pageText = `
SELECT ${columns}, key, rowid
FROM tokens WHERE rowid > ? ORDER BY rowid LIMIT ${maximumTokensAtOnce}`

export const open = (path: string): Queries => {
  const database = new sqlite.DatabaseSync(new URL("?mode=ro", pathToFileURL(path)), {
    readOnly: true
  })
  const identity = database.prepare("SELECT hex(name) AS name FROM identity")
  const find = database.prepare(findText)
  const page = database.prepare(pageText)
  // An object for each row would cost more than to find it.
  for (const statement of [find, page]) statement.setReturnArrays(true)
  const last = database.prepare("SELECT max(number) AS number FROM changes")
  const after = database.prepare(
    `SELECT number, tag, subject, id FROM changes WHERE number > ? ORDER BY number LIMIT ${maximumChangesAtOnce}`
  )
  return {
    identity: () => String(identity.get()?.["name"]),
    find: (key) => {
      const found = columnsOf(find.get(key))
      const generation = found[9]
      // There always is a last revocation.
      if (typeof generation !== "number") throw new Failed(damaged)
      return { generation, row: found[7] === null ? undefined : rowOf(found) }
    },
    lastChange: () => Number(last.get()?.["number"] ?? 0),
    changesAfter: (number) => after.all(number).map(changeOf),
    page: (number) =>
      page.all(number).map((row) => {
        const found = columnsOf(row)
        return { ...rowOf(found), key: String(found[9]), number: Number(found[10]) }
      }),
    close: () => database.close()
  }
}

/** In the order of `columns`, and what a statement adds to them. */
type Columns = ReadonlyArray<unknown>

/** The types know of rows as objects only. */
const columnsOf = (row: unknown): Columns => (Array.isArray(row) ? row : [])

const rowOf = (columns: Columns): Row => ({
  owner: String(columns[0]),
  organisation: typeof columns[1] === "string" ? columns[1] : null,
  id: String(columns[2]),
  generation: Number(columns[3]),
  storedAt: { wall: Number(columns[4]), uptime: Number(columns[5]) },
  remaining: Number(columns[6]),
  record: columns[7] instanceof Uint8Array ? columns[7] : new Uint8Array(),
  isCurrent: columns[8] === 1
})

const changeOf = ({ id, number, subject, tag }: Readonly<Record<string, unknown>>): Change => ({
  number: Number(number),
  change: storeChange(String(tag), String(subject), String(id))
})

const storeChange = (tag: string, subject: string, id: string): StoreChange => {
  switch (tag) {
    case "Stored":
      return { _tag: "Stored", text: subject, id }
    case "Released":
      return { _tag: "Released", text: subject }
    case "Revoked":
      return { _tag: "Revoked", owner: subject }
    default:
      return { _tag: "Removed", text: subject, id }
  }
}
