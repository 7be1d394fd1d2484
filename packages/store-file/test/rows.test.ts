import { assert, describe, it } from "@effect/vitest"
import type { TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { join } from "node:path"
import { DatabaseSync, type SQLInputValue } from "node:sqlite"
import { heldIn, keep, key, openDirect, token } from "./support/store.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const m1 = key("m1")

const refusedSoFar = Effect.map(Metric.snapshot, (metrics) => {
  const counter = metrics.find(({ id }) => id === "onbehalf_store_records_refused")
  return counter?.type === "Counter" ? Number(counter.state.count) : 0
})

/** A store with a token that was put under a lease, and hands on its file. */
const sample = Effect.gen(function* () {
  const directory = yield* temporaryFolder
  const store = yield* openDirect(directory)
  yield* underLease(store, "t1")
  const database = yield* Effect.acquireRelease(
    Effect.sync(() => new DatabaseSync(join(directory, "tokens-1.db"), { timeout: 2_000 })),
    (database) => Effect.sync(() => database.close())
  )
  return { database, store }
})

const underLease = (store: TokenStore["Service"], id: string) =>
  Effect.scoped(Effect.andThen(store.lease(m1, 10_000), keep(store, m1, id)))

const rowIn = (database: DatabaseSync) => database.prepare("SELECT * FROM tokens").get() ?? {}

const write = (database: DatabaseSync, row: Record<string, SQLInputValue>): void => {
  const names = Object.keys(row)
  const places = names.map(() => "?").join()
  database
    .prepare(`INSERT OR REPLACE INTO tokens (${names.join()}) VALUES (${places})`)
    .run(...Object.values(row))
}

/** What was done to the row is not served, is gone, and was counted. */
const assertRefused = Effect.fnUntraced(function* (
  store: TokenStore["Service"],
  database: DatabaseSync
) {
  const refused = yield* refusedSoFar
  assert.isUndefined(yield* heldIn(store, m1))
  assert.deepStrictEqual(rowIn(database), {})
  assert.strictEqual(yield* refusedSoFar, refused + 1)
})

describe("a row that was changed", () => {
  it.effect("T24: what was revoked and is put back is not served, goes, and is counted", () =>
    Effect.gen(function* () {
      const { database, store } = yield* sample
      const row = rowIn(database)
      yield* store.revoke(m1.owner)
      write(database, row)
      assert.lengthOf(yield* store.entries, 0)
      yield* assertRefused(store, database)
      const { newest } =
        database.prepare("SELECT max(generation) AS newest FROM revocations").get() ?? {}
      write(database, { ...row, generation: Number(newest) })
      yield* assertRefused(store, database)
    })
  )

  it.effect.each(["owner", "organisation", "id"])(
    "T24: another %s is not believed, and is counted",
    (column) =>
      Effect.gen(function* () {
        const { database, store } = yield* sample
        database.exec(`UPDATE tokens SET ${column} = 'other'`)
        yield* assertRefused(store, database)
      })
  )

  it.effect.each(["generation", "stored", "uptime", "remaining"])(
    "T24: with any bit of its %s flipped it is not served, goes, and is counted",
    (column) =>
      Effect.gen(function* () {
        const { database, store } = yield* sample
        const row = rowIn(database)
        for (let bit = 0; bit < 52; bit++) {
          write(database, row)
          database.exec(
            `UPDATE tokens SET ${column} = (${column} | (1 << ${bit})) - (${column} & (1 << ${bit}))`
          )
          yield* assertRefused(store, database)
        }
      })
  )

  it.effect("F29: a fence with a bit flipped refuses nobody", () =>
    Effect.gen(function* () {
      const { database, store } = yield* sample
      for (let bit = 0; bit < 62; bit++) {
        const flip = `UPDATE tokens SET fence = (fence | (1 << ${bit})) - (fence & (1 << ${bit}))`
        database.exec(flip)
        // Found by whoever looks, and in nobody's way where it came after the look.
        const { generation } = yield* store.get(m1)
        yield* keep(store, m1, "t2")
        database.exec(flip)
        const put = Effect.andThen(store.lease(m1, 10_000), putAt(store, "t3", generation))
        assert.strictEqual(yield* Effect.scoped(put), "stored", `bit ${bit}`)
        assert.strictEqual(yield* heldIn(store, m1), "t3")
      }
      database.exec("UPDATE tokens SET fence = fence + (1 << 52)")
      yield* assertRefused(store, database)
    })
  )
})

const putAt = (store: TokenStore["Service"], id: string, generation: number) =>
  Effect.flatMap(token(m1, id), (stored) => store.put(stored, generation))
