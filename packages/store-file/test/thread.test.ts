import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { type Outcome, Thread } from "../src/internal/thread.ts"
import { uptime } from "../src/internal/host.ts"
import * as Writing from "../src/internal/writing.ts"
import { program, start } from "./support/child.ts"
import { withFolder } from "./support/folders.ts"
import { heldIn, keep, key, open, openDirect, sealKey, token } from "./support/store.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"
import { direct, rowOf } from "./support/writing.ts"

const at = { wall: 1_700_000_000_000, uptime: 1 }

const beat = (thread: Thread) =>
  new Promise<Outcome>((resolve) => {
    thread.send({ operation: "beat", request: { holder: "me" }, at }, resolve)
  })

/** Another process's transaction. The store may be sweeping just now. */
const lockOf = (folder: string): DatabaseSync => {
  const database = new DatabaseSync(join(folder, "tokens-1.db"), { timeout: 1_000 })
  database.exec("BEGIN IMMEDIATE")
  return database
}

describe("the process", () => {
  it.live("F36: does not stand still while another process holds the lock", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const store = yield* open(folder)
      yield* keep(store, key("m1"), "t1")
      const { generation } = yield* store.get(key("m1"))
      const lock = lockOf(folder)
      const putting = yield* Effect.forkChild(store.put(yield* token(key("m1"), "t2"), generation))
      // While the lock is held and the put waits for it, looks are answered: none waits until the put gives up.
      for (let step = 0; step < 20; step++) {
        assert.strictEqual(yield* heldIn(store, key("m1")), "t1")
        yield* Effect.sleep(5)
      }
      assert.isUndefined(putting.pollUnsafe())
      lock.exec("ROLLBACK")
      lock.close()
      assert.strictEqual(yield* Fiber.join(putting), "stored")
    })
  )

  it.live("F36: goes on while a long list is made", () =>
    Effect.gen(function* () {
      const store = yield* open(yield* temporaryFolder)
      const { generation } = yield* store.get(key("m0"))
      const many = Array.from({ length: 640 }, (_, index) => key(`m${index}`))
      yield* Effect.forEach(
        many,
        (each) => Effect.flatMap(token(each, "t1"), (stored) => store.put(stored, generation)),
        { concurrency: "unbounded", discard: true }
      )
      const turns = { count: 0, ended: false }
      const turn = () => {
        turns.count++
        if (!turns.ended) setImmediate(turn)
      }
      setImmediate(turn)
      assert.strictEqual((yield* store.entries).length, 640)
      turns.ended = true
      assert.isAtLeast(turns.count, 20)
    })
  )

  it.live("is told within two seconds that a lock is not given back", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const store = yield* open(folder)
      const lock = lockOf(folder)
      const began = performance.now()
      const error = yield* Effect.flip(store.revoke("m1"))
      assert.strictEqual(error.message, "store revoke: the file is locked by another process")
      assert.isBelow(performance.now() - began, 2_000)
      lock.close()
      assert.strictEqual(yield* store.revoke("m1"), 0)
    })
  )

  it("hears nothing of SQLite even where Node warns of it, and of all else as before", () =>
    withFolder(async (folder) => {
      // As Node 22 does it.
      const warning = `
        const { getBuiltinModule } = process
        process.getBuiltinModule = (name) => {
          if (name === "node:sqlite") process.emitWarning(name, "ExperimentalWarning")
          return getBuiltinModule(name)
        }
        process.nextTick(() => process.emitWarning("something else"))`
      const preload = `data:text/javascript,${encodeURIComponent(warning)}`
      const command = [process.execPath, "--import", preload, program("open.ts"), folder]
      const { stderr, stdout } = await start(command).ended
      assert.strictEqual(stdout, "ok\n")
      assert.include(stderr, "something else")
      assert.notInclude(stderr, "ExperimentalWarning")
    }))
})

describe("the thread", () => {
  it("does not begin what nobody waits for any more", () =>
    withFolder((folder) => {
      const writing = Writing.make(folder, 1_000)
      const message = (number: number, until: number) =>
        ({ number, until, at, operation: "beat", request: { holder: `h${number}` } }) as const
      const replies = writing.answer([message(1, uptime() - 1), message(2, uptime() + 1_000)])
      assert.deepEqual(replies, [{ number: 2, outcome: { answer: true } }])
      writing.close()
      const database = new DatabaseSync(join(folder, "tokens-1.db"))
      const holders = database.prepare("SELECT holder FROM holders").all()
      database.close()
      assert.deepEqual(
        holders.map(({ holder }) => holder),
        ["h2"]
      )
    }))

  it("leaves nothing of a transaction that failed halfway", () =>
    withFolder((folder) => {
      const file = direct(folder)
      const row = rowOf("owner", "id", "no bytes" as never)
      const generation = Number.MAX_SAFE_INTEGER
      assert.throws(() => file.ask("put", { key: "key", row, generation, fence: 0 }))
      assert.isTrue(file.ask("beat", { holder: "me" }))
      assert.match(file.ask("locate", { suspect: undefined }).path, /tokens-1\.db$/)
      file.close()
    }))

  it("says so where it cannot run, as in a bundle that lacks it", () =>
    withFolder(async (folder) => {
      const thread = new Thread(folder, new URL("missing.js", import.meta.url))
      const outcome = await beat(thread)
      assert("failure" in outcome)
      assert.strictEqual(outcome.failure.kind, "refused")
      assert.match(outcome.failure.problem, /cannot run \(\w*MODULE_NOT_FOUND\): leave @onbehalf/)
    }))

  it("says so where Node may start none, and can do without", () =>
    withFolder(async (folder) => {
      const permission = ["--permission", "--allow-fs-read=*", "--allow-fs-write=*"]
      const command = [process.execPath, ...permission, program("open.ts"), folder]
      const { stdout } = await start(command).ended
      assert.include(stdout, "no thread can be started (ERR_ACCESS_DENIED): ask for thread: false")
      assert.strictEqual((await start([...command, "direct"]).ended).stdout, "ok\n")
    }))

  it.live("does nothing that nobody waits for any more", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const store = yield* open(folder)
      const { generation } = yield* store.get(key("m1"))
      const lock = lockOf(folder)
      const put = (id: string) =>
        Effect.flatMap(token(key("m1"), id), (stored) => Effect.exit(store.put(stored, generation)))
      const first = yield* Effect.forkChild(put("t1"))
      yield* Effect.sleep(300)
      const second = yield* Effect.forkChild(put("t2"))
      const exits = [yield* Fiber.join(first), yield* Fiber.join(second)]
      assert.deepEqual(
        exits.map(({ _tag }) => _tag),
        ["Failure", "Failure"]
      )
      lock.exec("ROLLBACK")
      lock.close()
      // Whatever the thread was still at, it has done when it has done this.
      yield* store.remove(key("m1"), "none")
      assert.isUndefined(yield* heldIn(store, key("m1")))
    })
  )

  it("is started anew where it has ended", () =>
    withFolder(async (folder) => {
      const thread = new Thread(folder)
      assert.deepEqual(await beat(thread), { answer: true })
      const pending = beat(thread)
      await thread.terminate()
      await pending
      assert.deepEqual(await beat(thread), { answer: true })
      await thread.terminate()
    }))

  it("invariant 8: has a bounded number of requests waiting", () =>
    withFolder(async (folder) => {
      const thread = new Thread(folder)
      const outcomes = Array.from({ length: 10_100 }, () => beat(thread))
      const failed = (await Promise.all(outcomes)).filter((outcome) => "failure" in outcome)
      assert.strictEqual(failed.length, 100)
      assert.include(JSON.stringify(failed[0]), "too much waits for the file")
      await thread.terminate()
    }))
})

describe("without a thread", () => {
  it.live("starts none, and is told of a lock that is not given back", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const store = yield* open(folder, { sealKey, thread: false })
      yield* keep(store, key("m1"), "t1")
      const lock = lockOf(folder)
      const began = performance.now()
      const error = yield* Effect.flip(store.revoke("m1"))
      assert.strictEqual(error.message, "store revoke: the file is locked by another process")
      assert.isBelow(performance.now() - began, 2_000)
      lock.close()
      assert.strictEqual(yield* heldIn(store, key("m1")), "t1")
      assert.notInclude(process.getActiveResourcesInfo(), "MessagePort")
    })
  )

  it.live("closes the file at its end", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* Effect.scoped(
        Effect.flatMap(openDirect(folder), (store) => keep(store, key("m1"), "t1"))
      )
      // The last connection takes its log with it.
      assert.deepStrictEqual(readdirSync(folder), ["tokens-1.db"])
    })
  )
})
