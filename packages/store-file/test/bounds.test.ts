import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import { statSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { changes } from "../src/internal/changes.ts"
import * as Reader from "../src/internal/reader.ts"
import { maximumChanges, maximumRevocations } from "../src/internal/schema.ts"
import { withFolder } from "./support/folders.ts"
import { keep, key, open } from "./support/store.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"
import { directWriter } from "./support/directWriter.ts"
import { direct, rowOf } from "./support/writing.ts"

const look = (folder: string, sql: string): number => {
  const database = new DatabaseSync(join(folder, "tokens-1.db"), { readOnly: true })
  try {
    return Number(database.prepare(sql).get()?.["n"])
  } finally {
    database.close()
  }
}

const token = (index: number, generation: number, remaining: number) => ({
  key: `key-${index}`,
  row: rowOf(`owner-${index}`, `token-${index}`, Buffer.alloc(7_000, index), remaining),
  fence: 0,
  generation
})

describe("invariant 8: the file is bounded", () => {
  it("by what has expired: it is deleted, and its place is used again", () =>
    withFolder((folder) => {
      const file = direct(folder)
      file.ask("locate", { suspect: undefined })
      const generation = look(folder, "SELECT max(generation) AS n FROM revocations")
      const sizes: Array<number> = []
      for (let round = 0; round < 10; round++) {
        for (let index = 0; index < 50; index++) {
          file.ask("put", token(round * 50 + index, generation, 0))
        }
        assert.strictEqual(file.ask("sweep", { atMost: 500 }), 50)
        sizes.push(look(folder, "SELECT page_count * 4096 AS n FROM pragma_page_count"))
      }
      assert.isAtMost(Math.max(...sizes), (sizes[0] ?? 0) * 1.1)
      file.close()
    }))

  it("by the number of changes that are remembered, and the size of the log", () =>
    withFolder((folder) => {
      const file = direct(folder)
      for (let index = 0; index < maximumChanges + 500; index++) {
        const lease = { key: `key-${index % 10}`, holder: "me" }
        const fence = file.ask("lease", { ...lease, atMost: 1_000 })
        file.ask("release", { ...lease, fence })
      }
      assert.strictEqual(look(folder, "SELECT count(*) AS n FROM changes"), maximumChanges)
      assert.strictEqual(look(folder, "SELECT count(*) AS n FROM leases"), 0)
      assert.isAtMost(statSync(join(folder, "tokens-1.db-wal")).size, 5_000_000)
      file.close()
    }))

  it.live("by the number of changes: who comes too late for them is told to look again", () =>
    Effect.gen(function* () {
      const writer = yield* directWriter(yield* temporaryFolder)
      const reader = yield* Reader.make(writer)
      const listening = Latch.makeUnsafe(false)
      const heard: Array<string> = []
      yield* changes(reader).pipe(
        Stream.runForEach(({ _tag }) => {
          heard.push(_tag)
          return Latch.await(listening)
        }),
        Effect.ignore,
        Effect.forkScoped
      )
      while (heard.length === 0) yield* Effect.sleep(1)
      const lease = { key: "key", holder: "me" }
      for (let index = 0; index < maximumChanges + 10; index++) {
        yield* writer.ask("lease", { ...lease, atMost: 1_000 })
        yield* writer.ask("release", { ...lease, fence: undefined })
      }
      yield* Latch.open(listening)
      yield* writer.ask("revoke", { owner: "m1" })
      while (!heard.includes("Revoked") && heard.length < 2) yield* Effect.sleep(1)
      assert.deepEqual(heard.slice(0, 2), ["Connected", "Connected"])
    })
  )

  it("T24: by the number of revocations; what is forgotten is refused, not let through", () =>
    withFolder((folder) => {
      const file = direct(folder)
      file.ask("locate", { suspect: undefined })
      const generation = look(folder, "SELECT max(generation) AS n FROM revocations")
      const database = new DatabaseSync(join(folder, "tokens-1.db"))
      // As many as that would take minutes, with an fsync each.
      database.exec(`
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${maximumRevocations})
        INSERT INTO revocations SELECT ${generation} + i, 'other-' || i FROM n`)
      database.close()
      assert.strictEqual(file.ask("put", token(1, generation, 60_000)), "stored")
      file.ask("revoke", { owner: "owner-2" })
      file.ask("revoke", { owner: "owner-3" })
      const count = look(folder, "SELECT count(*) AS n FROM revocations")
      assert.strictEqual(count, maximumRevocations)
      assert.strictEqual(file.ask("put", token(1, generation, 60_000)), "superseded")
      const newest = look(folder, "SELECT max(generation) AS n FROM revocations")
      assert.strictEqual(file.ask("put", token(1, newest, 60_000)), "stored")
      file.close()
    }))

  it.live("by itself: whoever opens it sweeps it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const kept = Effect.flatMap(open(folder), (store) =>
        keep(store, key("m1"), "t1", { life: 1 })
      )
      yield* Effect.scoped(kept)
      const held = () => look(folder, "SELECT count(*) AS n FROM tokens")
      assert.strictEqual(held(), 1)
      yield* open(folder)
      while (held() > 0) yield* Effect.sleep(5)
    })
  )
})
