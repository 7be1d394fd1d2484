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
  generation >= ${lastRevocationOf("tokens.owner")} AND fence <= ${lastFence} AS isCurrent`

const findText = `
SELECT (SELECT max(generation) FROM revocations) AS newest, ${columns}
FROM (SELECT 1) LEFT JOIN tokens ON key = ?`

const pageText = `
SELECT rowid AS number, key, ${columns}
FROM tokens WHERE rowid > ? ORDER BY rowid LIMIT ${maximumTokensAtOnce}`

export const open = (path: string): Queries => {
  const database = new sqlite.DatabaseSync(new URL("?mode=ro", pathToFileURL(path)), {
    readOnly: true
  })
  const identity = database.prepare("SELECT hex(name) AS name FROM identity")
  const find = database.prepare(findText)
  const last = database.prepare("SELECT max(number) AS number FROM changes")
  const after = database.prepare(
    `SELECT number, tag, subject, id FROM changes WHERE number > ? ORDER BY number LIMIT ${maximumChangesAtOnce}`
  )
  const page = database.prepare(pageText)
  return {
    identity: () => String(identity.get()?.["name"]),
    find: (key) => {
      const found = find.get(key) ?? {}
      // There always is a last revocation.
      if (typeof found["newest"] !== "number") throw new Failed(damaged)
      return {
        generation: found["newest"],
        row: found["record"] === null ? undefined : rowOf(found)
      }
    },
    lastChange: () => Number(last.get()?.["number"] ?? 0),
    changesAfter: (number) => after.all(number).map(changeOf),
    page: (number) =>
      page.all(number).map((row) => ({
        ...rowOf(row),
        number: Number(row["number"]),
        key: String(row["key"])
      })),
    close: () => database.close()
  }
}

type Columns = Readonly<Record<string, unknown>>

const rowOf = ({ id, organisation, owner, record, remaining, ...row }: Columns): Row => ({
  owner: String(owner),
  organisation: typeof organisation === "string" ? organisation : null,
  id: String(id),
  generation: Number(row["generation"]),
  storedAt: { wall: Number(row["stored"]), uptime: Number(row["uptime"]) },
  remaining: Number(remaining),
  record: record instanceof Uint8Array ? record : new Uint8Array(),
  isCurrent: row["isCurrent"] === 1
})

const changeOf = ({ id, number, subject, tag }: Columns): Change => ({
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
