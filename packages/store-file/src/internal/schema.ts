import type { DatabaseSync } from "node:sqlite"
import { refusal } from "./failure.ts"

/** Counts up with each change of the tables; what is newer than ours is left alone. */
export const version = 1

/** Revocations and changes that are remembered. What is forgotten can only refuse a write, or make a near tier look again. */
export const maximumRevocations = 10_000
export const maximumChanges = 4_096

/**
 * `stored` and `expires` are the wall clock's, `uptime`, `taken` and `seen` the machine's uptime, all in
 * milliseconds. A generation is the number of the last revocation.
 *
 * `fence` and `generation` begin with the time of creation, so that those of a new file are always greater
 * than those of the file before it: what was read there can only be refused here.
 */
const tables = `
CREATE TABLE identity (name BLOB NOT NULL) STRICT;
INSERT INTO identity VALUES (randomblob(16));

CREATE TABLE tokens (
  key TEXT NOT NULL UNIQUE,
  owner TEXT NOT NULL,
  organisation TEXT,
  id TEXT NOT NULL,
  generation INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  stored INTEGER NOT NULL,
  uptime INTEGER NOT NULL,
  remaining INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE INDEX tokens_of_owner ON tokens (owner);
CREATE INDEX tokens_by_expiry ON tokens (expires);

CREATE TABLE revocations (generation INTEGER PRIMARY KEY, owner TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE holders (holder TEXT PRIMARY KEY, seen INTEGER NOT NULL) STRICT;
CREATE TABLE leases (
  fence INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  holder TEXT NOT NULL,
  taken INTEGER NOT NULL,
  atMost INTEGER NOT NULL
) STRICT;

CREATE TABLE changes (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  tag TEXT NOT NULL,
  subject TEXT NOT NULL,
  id TEXT NOT NULL
) STRICT;
`

/** The owner's generation. One that is not remembered counts as revoked when the oldest that may be was. */
export const lastRevocationOf = (owner: string): string => `coalesce(
    (SELECT generation FROM revocations WHERE owner = ${owner}),
    (SELECT max(generation) FROM revocations) - ${maximumRevocations}
  )`

/** The fence of the last lease that was given, on whatever key. */
export const lastFence = "(SELECT seq FROM sqlite_sequence WHERE name = 'leases')"

/** Makes the tables where there are none. */
export const prepare = (database: DatabaseSync, wall: number): void => {
  const found = versionOf(database)
  if (found > version) {
    throw refusal(
      `the file was made by a newer version of onbehalf (${found}, this one knows ${version}): update, or choose another folder`
    )
  }
  if (found === 0) create(database, wall)
}

/** Another process may be faster. */
const create = (database: DatabaseSync, wall: number): void => {
  database.exec("BEGIN IMMEDIATE")
  if (versionOf(database) === 0) {
    const start = Math.trunc(wall) * 1024
    database.exec(tables)
    database.exec(`INSERT INTO revocations VALUES (${start}, '')`)
    database.exec(`INSERT INTO leases VALUES (${start}, '', '', 0, 0); DELETE FROM leases`)
    database.exec(`PRAGMA user_version = ${version}`)
  }
  database.exec("COMMIT")
}

const versionOf = (database: DatabaseSync): number =>
  Number(database.prepare("PRAGMA user_version").get()?.["user_version"])
