import type { DatabaseSync } from "node:sqlite"
import type { AnswerOf, Moment, Operation, RequestOf } from "./requests.ts"
import { lastFence, lastRevocationOf, maximumChanges, maximumRevocations } from "./schema.ts"

/** What is done in a transaction. */
export type Transactional = Exclude<Operation, "locate" | "close">

export type Transactions = {
  readonly [K in Transactional]: (request: RequestOf<K>, at: Moment) => AnswerOf<K>
}

/**
 * Milliseconds without a sign of life after which a holder's leases are anybody's. Of fifty processes that start at
 * once on two cores, the holder got no turn for more than two seconds.
 */
export const patience = 5_000

/**
 * Milliseconds by which a time of another process may lie ahead of ours, which was read before we had our turn.
 * What lies further ahead is from before the machine was started anew.
 */
const slack = 10_000

/** The statements that write. Each is used within a transaction that the caller has begun. */
export const transactions = (database: DatabaseSync): Transactions => {
  const log = makeLog(database)
  return { ...tokenTransactions(database, log), ...leaseTransactions(database, log) }
}

type Log = (
  tag: "Stored" | "Removed" | "Released" | "Revoked",
  subject: string,
  id?: string
) => void

const makeLog = (database: DatabaseSync): Log => {
  const insert = database.prepare("INSERT INTO changes (tag, subject, id) VALUES (?, ?, ?)")
  const prune = database.prepare("DELETE FROM changes WHERE number <= ?")
  return (tag, subject, id = "") => {
    const { lastInsertRowid } = insert.run(tag, subject, id)
    prune.run(Number(lastInsertRowid) - maximumChanges)
  }
}

/** A fence that no lease was given yet is none of ours: it is in nobody's way. */
const putText = `
INSERT INTO tokens (key, owner, organisation, id, generation, fence, stored, uptime, remaining, expires, record)
SELECT $key, $owner, $organisation, $id, $generation, $fence, $wall, $uptime, $remaining, $wall + $remaining, $record
WHERE $generation >= ${lastRevocationOf("$owner")}
  AND ($fence = 0 OR NOT EXISTS (SELECT 1 FROM leases WHERE key = $key AND fence > $fence))
ON CONFLICT (key) DO UPDATE SET
  owner = excluded.owner, organisation = excluded.organisation, id = excluded.id,
  generation = excluded.generation, fence = max(excluded.fence, iif(fence > ${lastFence}, 0, fence)),
  stored = excluded.stored, uptime = excluded.uptime, remaining = excluded.remaining,
  expires = excluded.expires, record = excluded.record
WHERE excluded.fence = 0 OR excluded.fence >= fence OR fence > ${lastFence}`

const tokenTransactions = (
  database: DatabaseSync,
  log: Log
): Pick<Transactions, "put" | "remove" | "discard" | "revoke" | "sweep"> => {
  const put = database.prepare(putText)
  const remove = database.prepare("DELETE FROM tokens WHERE key = $key AND id = $id")
  const discard = database.prepare(
    "DELETE FROM tokens WHERE key = $key AND record = $record RETURNING id"
  )
  const advance = database.prepare(
    `INSERT OR REPLACE INTO revocations SELECT max(generation) + 1, $owner FROM revocations`
  )
  const forget = database.prepare(
    `DELETE FROM revocations WHERE generation <=
      (SELECT max(generation) FROM revocations) - ${maximumRevocations}`
  )
  const revoke = database.prepare("DELETE FROM tokens WHERE owner = $owner")
  const sweep = database.prepare(
    `DELETE FROM tokens WHERE rowid IN
      (SELECT rowid FROM tokens WHERE expires <= $wall LIMIT $atMost)`
  )
  const sweepLeases = database.prepare(
    `DELETE FROM leases WHERE $uptime NOT BETWEEN taken - ${slack} AND taken + atMost`
  )
  const sweepHolders = database.prepare(
    `DELETE FROM holders WHERE $uptime NOT BETWEEN seen - ${slack} AND seen + ${patience}`
  )
  return {
    put: ({ row: { storedAt, ...row }, ...request }) => {
      const { changes } = put.run({ ...request, ...row, ...storedAt })
      if (changes === 0) return "superseded"
      log("Stored", request.key, row.id)
      return "stored"
    },
    remove: ({ id, key }) => {
      const isRemoved = remove.run({ id, key }).changes > 0
      if (isRemoved) log("Removed", key, id)
      return isRemoved
    },
    discard: ({ key, record }) => {
      const row = discard.get({ key, record })
      if (row !== undefined) log("Removed", key, String(row["id"]))
      return row !== undefined
    },
    revoke: ({ owner }) => {
      advance.run({ owner })
      forget.run()
      log("Revoked", owner)
      return Number(revoke.run({ owner }).changes)
    },
    sweep: ({ atMost }, { uptime, wall }) => {
      sweepLeases.run({ uptime })
      sweepHolders.run({ uptime })
      return Number(sweep.run({ wall, atMost }).changes)
    }
  }
}

const heldText = `
SELECT 1 FROM leases JOIN holders USING (holder)
WHERE key = $key AND $uptime < taken + atMost
  AND $uptime BETWEEN seen - ${slack} AND seen + ${patience}`

const leaseTransactions = (
  database: DatabaseSync,
  log: Log
): Pick<Transactions, "lease" | "release" | "beat"> => {
  const held = database.prepare(heldText)
  const take = database.prepare(
    "INSERT OR REPLACE INTO leases (key, holder, taken, atMost) VALUES ($key, $holder, $uptime, $atMost)"
  )
  const beat = database.prepare("INSERT OR REPLACE INTO holders VALUES ($holder, $uptime)")
  const release = database.prepare(
    `DELETE FROM leases WHERE key = $key AND holder = $holder AND fence = coalesce($fence, fence)`
  )
  return {
    lease: ({ atMost, holder, key }, { uptime }) => {
      if (held.get({ key, uptime }) !== undefined) return undefined
      beat.run({ holder, uptime })
      return Number(take.run({ key, holder, atMost, uptime }).lastInsertRowid)
    },
    release: ({ fence = null, holder, key }) => {
      const isReleased = release.run({ key, holder, fence }).changes > 0
      if (isReleased) log("Released", key)
      return isReleased
    },
    beat: ({ holder }, { uptime }) => beat.run({ holder, uptime }).changes > 0
  }
}
