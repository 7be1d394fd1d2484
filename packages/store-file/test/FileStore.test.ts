import { assert, describe, it } from "@effect/vitest"
import * as TokenSeal from "@onbehalf/core/TokenSeal"
import { type StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { lstatSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { type FileStoreOptions, layer, make } from "../src/index.ts"
import { heldIn, keep, key, open, openDirect, sealKey } from "./support/store.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const withEnvironment = (environment: Record<string, string>) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(environment))

/** One process after another. */
const inTurn = (directory: string, options: FileStoreOptions) =>
  Effect.scoped(
    Effect.gen(function* () {
      const store = yield* open(directory, options)
      return { before: yield* heldIn(store, key("m1")), after: yield* keep(store, key("m1"), "t1") }
    })
  )

const problemOf = <A>(operation: Effect.Effect<A, StoreError>) =>
  Effect.map(Effect.flip(operation), ({ problem }) => problem)

const rows = (directory: string): number => {
  const database = new DatabaseSync(join(directory, "tokens-1.db"), { readOnly: true })
  const found = database.prepare("SELECT count(*) AS rows FROM tokens").get()
  database.close()
  return Number(found?.["rows"])
}

describe("FileStore", () => {
  it.live("keeps tokens in the user's folder for state where it is not told another", () =>
    Effect.gen(function* () {
      const state = yield* temporaryFolder
      yield* Effect.scoped(
        Effect.flatMap(make({ sealKey }), (store) => keep(store, key("m1"), "t1"))
      ).pipe(withEnvironment({ XDG_STATE_HOME: state }))
      assert.deepEqual(readdirSync(join(state, "onbehalf")), ["tokens-1.db"])
      assert.strictEqual(lstatSync(join(state, "onbehalf")).mode & 0o777, 0o700)
    })
  )

  it.live("leaves one file when it is closed, with all that is in it", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      yield* Effect.provide(
        TokenStore.use((store) => keep(store, key("m1"), "t1")),
        layer({ directory, sealKey })
      )
      assert.deepEqual(readdirSync(directory), ["tokens-1.db"])
      assert.strictEqual(rows(directory), 1)
    })
  )

  it.live("invariant 7: does not start without a seal key, unless plaintext is asked for", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      const error = yield* Effect.flip(open(directory, {})).pipe(withEnvironment({}))
      assert.match(error.message, /ONBEHALF_SEAL_KEY \(sealKey\) is missing/)
      assert.deepEqual(readdirSync(directory), [])
      yield* inTurn(directory, { plaintext: true })
      assert.strictEqual((yield* inTurn(directory, { plaintext: true })).before, "t1")
    })
  )

  it.live("F41: an old key still opens, the new one seals", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      const newKey = yield* TokenSeal.newKey
      yield* inTurn(directory, { sealKey })
      const rotated = yield* inTurn(directory, { sealKey: newKey, oldSealKeys: [sealKey] })
      assert.strictEqual(rotated.before, "t1")
      assert.strictEqual((yield* inTurn(directory, { sealKey: newKey })).before, "t1")
    })
  )

  it.live("F41: with a key that was lost every token is a miss, and goes", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      yield* inTurn(directory, { sealKey })
      const store = yield* open(directory, { sealKey: Redacted.value(yield* TokenSeal.newKey) })
      assert.isUndefined(yield* heldIn(store, key("m1")))
      assert.strictEqual(rows(directory), 0)
      assert.strictEqual(yield* keep(store, key("m1"), "t2"), "stored")
      assert.strictEqual(yield* heldIn(store, key("m1")), "t2")
    })
  )

  it.live("T5: a row whose columns say something else than what is sealed is a miss", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      const changes = [
        "owner = 'other'",
        "id = 'other'",
        "remaining = remaining + 1000",
        "stored = stored + 1000",
        "uptime = uptime + 1000"
      ]
      for (const change of changes) {
        yield* inTurn(directory, { sealKey })
        const database = new DatabaseSync(join(directory, "tokens-1.db"))
        database.exec(`UPDATE tokens SET ${change}`)
        database.close()
        assert.isUndefined((yield* inTurn(directory, { sealKey })).before, change)
      }
    })
  )

  it.live("refuses what is no path of a folder", () =>
    Effect.gen(function* () {
      for (const directory of ["", "a\0b"]) {
        const error = yield* Effect.flip(make({ directory, sealKey }))
        assert.match(error.message, /directory must be the path of a folder/)
      }
    })
  )

  it.live("refuses a path that SQLite would never open", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const longest = `${folder}/${"d".repeat(200)}/`.padEnd(280, "e").concat("/").padEnd(480, "f")
      const fits = yield* openDirect(longest)
      assert.strictEqual(yield* keep(fits, key("m1"), "t1"), "stored")
      const error = yield* Effect.flip(open(`${longest}f`))
      assert.match(error.message, /directory must be a path of 480 bytes at most/)
    })
  )

  it.live(
    "does nothing once it is closed: a thread that came back would keep the process alive",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        for (const thread of [true, false]) {
          const store = yield* Effect.scoped(
            Effect.tap(open(folder, { sealKey, thread }), (store) => keep(store, key("m1"), "t1"))
          )
          for (const problem of [
            problemOf(store.get(key("m1"))),
            problemOf(store.revoke("m1")),
            problemOf(store.entries)
          ]) {
            assert.strictEqual(yield* problem, "the store is closed")
          }
          assert.notInclude(process.getActiveResourcesInfo(), "MessagePort")
          assert.deepStrictEqual(readdirSync(folder), ["tokens-1.db"])
        }
      })
  )
})
