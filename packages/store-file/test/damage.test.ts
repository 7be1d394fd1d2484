import { assert, describe, it } from "@effect/vitest"
import type { TokenError } from "@onbehalf/core/TokenError"
import type { StoreChange, StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { isWhole } from "../src/internal/openFile.ts"
import { withFolder } from "./support/folders.ts"
import { isFull, progress, timeout } from "./support/full.ts"
import { heldIn, keep, key, open, openDirect, token } from "./support/store.ts"
import { memoryFolder, temporaryFolder } from "./support/temporaryFolder.ts"
import { direct } from "./support/writing.ts"

const texts = ["m1", "m2", "m3", "m4"].map((organisation) => key(organisation).text)
const keys = ["m1", "m2", "m3", "m4"].map((organisation) => key(organisation))

type Files = Readonly<Record<string, Uint8Array>>

const name = "tokens-1.db"

/** A file with some history: at rest, or with its log as a killed process leaves it. */
const sample = (when: "at rest" | "in use"): Effect.Effect<Files, TokenError | StoreError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const directory = yield* memoryFolder
      const read = (file: string) => readFileSync(join(directory, file))
      const used = yield* Effect.scoped(
        Effect.gen(function* () {
          const store = yield* openDirect(directory)
          for (const each of keys) yield* keep(store, each, `of-${each.organisation}`)
          yield* store.revoke(key("m9").owner)
          yield* Effect.scoped(store.lease(key("m9"), 1_000))
          return { [name]: read(name), [`${name}-wal`]: read(`${name}-wal`) }
        })
      )
      return when === "in use" ? used : { [name]: read(name) }
    })
  )

/**
 * Uses files that something happened to: each token is the right one or none, no life has grown, and the
 * store goes on. Says what became of the file.
 */
const useAfter = (directory: string, files: Files) =>
  Effect.gen(function* () {
    rmSync(directory, { recursive: true, force: true })
    mkdirSync(directory, { mode: 0o700 })
    for (const [file, bytes] of Object.entries(files)) {
      writeFileSync(join(directory, file), bytes, { mode: 0o600 })
    }
    return yield* Effect.scoped(
      Effect.gen(function* () {
        const store = yield* openDirect(directory)
        for (const each of keys) {
          const { held } = yield* store.get(each)
          if (held === undefined) continue
          assert.strictEqual(held.token.id as string, `of-${each.organisation}`)
          assert.isAtMost(held.lifetime.end, performance.now() + 600_000)
        }
        for (const each of yield* store.entries) assert.include(texts, each.key.text)
        // What was read from a file that is then set aside counts for nothing in the next.
        const outcome = yield* keep(store, key("m1"), "new")
        if (outcome === "superseded") yield* keep(store, key("m1"), "new")
        const held = yield* heldIn(store, key("m1"))
        if (held !== "new") {
          // An index that leads astray is noticed only by whoever reads the whole file: a miss, or the token before.
          assert.include([undefined, "of-m1"], held)
          assert.isFalse(isWhole(join(directory, name)))
        }
        yield* store.revoke(key("m1").owner)
        assert.strictEqual(yield* heldIn(store, key("m1")), undefined)
        return readdirSync(directory).includes(`${name}.damaged`) ? "set aside" : "kept"
      })
    )
  }).pipe(
    Effect.catch(({ message }) => {
      // A flipped bit may make the number of a version that is yet to come.
      assert.match(message, /made by a newer version/)
      return Effect.succeed("refused" as const)
    })
  )

/** Does to one of the files what `damage` says, step by step, and counts what became of it. */
const useAll = (
  when: "at rest" | "in use",
  file: string,
  damages: (whole: Uint8Array) => Iterable<Uint8Array>
) =>
  Effect.gen(function* () {
    const files = yield* sample(when)
    const directory = join(yield* memoryFolder, "store")
    const counts = { kept: 0, "set aside": 0, refused: 0 }
    let used = 0
    for (const bytes of damages(files[file] ?? new Uint8Array())) {
      counts[yield* useAfter(directory, { ...files, [file]: bytes })]++
      if (++used % 5_000 === 0) progress(`${file}, ${when}: used after ${used} damages`)
    }
    progress(`${file}, ${when}: ${JSON.stringify(counts)}`)
    assert.strictEqual(yield* useAfter(directory, files), "kept")
    return counts
  })

function* cutOff(whole: Uint8Array, step: number) {
  for (let length = 0; length < whole.length; length += step) {
    yield whole.subarray(0, length)
  }
}

function* flipped(whole: Uint8Array, step: number) {
  for (let bit = 0; bit < whole.length * 8; bit += step) {
    const bytes = Uint8Array.from(whole)
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    yield bytes
  }
}

describe("damage", () => {
  it.live(
    "F29, T21: a file that was cut off is set aside, and the store goes on",
    () =>
      Effect.gen(function* () {
        const counts = yield* useAll("at rest", name, (whole) => cutOff(whole, isFull ? 1 : 701))
        assert.isAbove(counts["set aside"], counts.kept)
      }),
    timeout
  )

  it.live(
    "F29, T21: a log that was cut off is as good as one that ends there",
    () =>
      Effect.gen(function* () {
        // Its frames of 4 120 bytes are so cut off at each of their offsets, three times and more.
        const step = isFull ? 13 : 6_007
        const counts = yield* useAll("in use", `${name}-wal`, (whole) => cutOff(whole, step))
        assert.strictEqual(counts["set aside"], 0)
      }),
    timeout
  )

  it.live(
    "F29, T5: no bit that is flipped makes a wrong token, a longer life or a crash",
    () =>
      Effect.gen(function* () {
        const file = yield* useAll("at rest", name, (whole) => flipped(whole, isFull ? 29 : 3_301))
        assert.isAbove(file["set aside"], 0)
        yield* useAll("in use", `${name}-wal`, (whole) => flipped(whole, isFull ? 127 : 34_019))
      }),
    timeout
  )

  it.live("F29: a file that SQLite calls whole, and cannot write to, is set aside", () =>
    Effect.gen(function* () {
      const { [name]: whole = new Uint8Array() } = yield* sample("at rest")
      const bytes = Buffer.from(whole)
      bytes[bytes.indexOf("TABLE sqlite_sequence") + "TABLE ".length] = "S".charCodeAt(0)
      const directory = join(yield* memoryFolder, "store")
      assert.strictEqual(yield* useAfter(directory, { [name]: bytes }), "set aside")
    })
  )

  it.live("F29: a file of a version to come is refused, and left as it is", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      yield* Effect.scoped(Effect.flatMap(open(directory), (store) => keep(store, key("m1"), "t1")))
      change(directory, "PRAGMA user_version = 2")
      const before = readFileSync(join(directory, name))
      const error = yield* Effect.flip(open(directory))
      assert.match(
        error.message,
        /made by a newer version of onbehalf \(2, this one knows 1\): update/
      )
      assert.deepEqual(readFileSync(join(directory, name)), before)
    })
  )

  it.live("F29: whoever had a file open that was set aside goes on in the next", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      const first = yield* open(directory)
      for (let round = 0; round < 3; round++) yield* first.revoke(key("m1").owner)
      yield* keep(first, key("m1"), "t1")
      const before = yield* first.get(key("m1"))
      const heard = yield* listen(first)
      // With nothing in the log; what the first needs of the file, it holds in memory.
      change(directory, "PRAGMA wal_checkpoint(TRUNCATE)")
      writeFileSync(join(directory, name), "x".repeat(5_000), { flag: "r+" })
      const second = yield* open(directory)
      yield* second.revoke(key("m1").owner)
      assert.strictEqual(yield* heldIn(first, key("m1")), undefined)
      const late = yield* first.put(yield* token(key("m1"), "t2"), before.generation)
      assert.strictEqual(late, "superseded")
      yield* keep(first, key("m1"), "t3")
      assert.strictEqual(yield* heldIn(second, key("m1")), "t3")
      yield* eventually(() => connections(heard) === 2 && ids(heard).includes("t3"))
      const names = readdirSync(directory).filter((each) => !/-(wal|shm)$/.test(each))
      assert.sameMembers(names, [`${name}.damaged`, "tokens-2.db"])
    })
  )

  it("F29: a file that a reader suspects is examined before it is set aside", () =>
    withFolder((directory) => {
      const file = direct(directory)
      const { path } = file.ask("locate", { suspect: undefined })
      const suspecting = (isCertain: boolean) =>
        file.ask("locate", { suspect: { path, isCertain } }).path
      assert.strictEqual(suspecting(false), path)
      assert.strictEqual(suspecting(true), join(directory, "tokens-2.db"))
      assert.strictEqual(suspecting(true), join(directory, "tokens-2.db"))
      const next = join(directory, "tokens-2.db")
      change(directory, "PRAGMA wal_checkpoint(TRUNCATE)", "tokens-2.db")
      writeFileSync(next, Buffer.alloc(5_000, "x"), { flag: "r+" })
      const suspect = { path: next, isCertain: false }
      assert.strictEqual(file.ask("locate", { suspect }).path, join(directory, "tokens-3.db"))
      file.close()
    }))

  it.live("F29: a revocation is not lost in a file that another process has set aside", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      const [first, second] = [yield* open(directory), yield* open(directory)]
      yield* keep(first, key("m1"), "t1")
      renameSync(join(directory, name), join(directory, `${name}.damaged`))
      const { generation } = yield* second.get(key("m1"))
      yield* first.revoke(key("m1").owner)
      const late = yield* second.put(yield* token(key("m1"), "t2"), generation)
      assert.strictEqual(late, "superseded")
    })
  )

  it.live("invariant 8: three damaged files are kept, and no name is used twice", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      for (let number = 1; number <= 5; number++) {
        yield* Effect.scoped(
          Effect.flatMap(open(directory), (store) => keep(store, key("m1"), "t1"))
        )
        writeFileSync(join(directory, `tokens-${number}.db`), "no database")
      }
      yield* open(directory)
      const damaged = readdirSync(directory).filter((each) => each.endsWith(".damaged"))
      assert.sameMembers(
        damaged,
        [3, 4, 5].map((number) => `tokens-${number}.db.damaged`)
      )
      assert.isTrue(existsSync(join(directory, "tokens-6.db")))
    })
  )
})

const change = (directory: string, sql: string, file = name): void => {
  const database = new DatabaseSync(join(directory, file))
  database.exec(sql)
  database.close()
}

/** All that is heard from now on. */
const listen = (store: TokenStore["Service"]) =>
  Effect.gen(function* () {
    const heard: Array<StoreChange> = []
    yield* Effect.forkScoped(
      Effect.ignore(Stream.runForEach(store.changes, (one) => Effect.sync(() => heard.push(one))))
    )
    yield* eventually(() => connections(heard) === 1)
    return heard
  })

const connections = (heard: ReadonlyArray<StoreChange>): number =>
  heard.filter(({ _tag }) => _tag === "Connected").length

const ids = (heard: ReadonlyArray<StoreChange>): ReadonlyArray<string> =>
  heard.flatMap((one) => ("id" in one ? [one.id] : []))

const eventually = (holds: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (holds() ? Effect.void : Effect.andThen(Effect.sleep(5), eventually(holds))))
