import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import * as Reader from "../src/internal/reader.ts"
import { checkDescriptors } from "../src/internal/safety.ts"
import type { Writer } from "../src/internal/writer.ts"
import { program, start } from "./support/child.ts"
import { withFolder } from "./support/folders.ts"
import { open } from "./support/store.ts"
import { itTraced, traced } from "./support/strace.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"
import { directWriter } from "./support/directWriter.ts"

const openProgram = (store: string) => [process.execPath, program("open.ts"), store]

/** What a process that opens the store says, with one kind of its system calls meddled with. */
const openingWith = async (store: string, inject: string): Promise<string> => {
  const options = ["-o", "/dev/null", "-e", `inject=${inject}`]
  const { stderr, stdout } = await start(traced(store, options, openProgram(store))).ended
  return `${stdout}${stderr}`.trim()
}

describe("file systems", () => {
  itTraced("F35: one without locks is refused", () =>
    withFolder(async (folder) => {
      const said = await openingWith(join(folder, "store"), "fcntl:error=ENOLCK")
      assert.match(said, /locked by another process.+the file system has no locks: choose a folder/)
    })
  )

  itTraced("F35: one that is shared between machines is refused", () =>
    withFolder(async (folder) => {
      const said = await openingWith(join(folder, "store"), "statfs:poke_exit=@arg2=69690000")
      assert.match(said, /store lies on a network file system \(NFS\): choose a folder on a local/)
    })
  )
})

describe("what happens in between", () => {
  it.runIf(process.platform === "linux")(
    "T20: a file that is not the one that was opened is refused",
    () =>
      withFolder((folder) => {
        const file = join(folder, "file")
        writeFileSync(file, "", { mode: 0o600 })
        const descriptor = openSync(file, "r+")
        checkDescriptors([file])
        writeFileSync(`${file}-other`, "", { mode: 0o600 })
        renameSync(`${file}-other`, file)
        assert.throws(() => checkDescriptors([file]), /was exchanged while it was opened/)
        closeSync(descriptor)
      })
  )

  it.live("T20: a reader finds the very file that the writer has checked, or none", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      const writer = yield* directWriter(directory)
      const { path } = yield* writer.ask("locate", { suspect: undefined })
      const other: Writer = {
        ask: (operation, request) =>
          operation === "locate"
            ? Effect.succeed({ path, identity: "another" } as never)
            : writer.ask(operation, request)
      }
      const read = (from: Writer) =>
        Effect.flatMap(Reader.make(from), (reader) => reader.read("get", () => "found"))
      assert.strictEqual(yield* read(writer), "found")
      assert.match((yield* Effect.flip(read(other))).message, /exchanged again and again/)
    })
  )

  itTraced("T20: a folder that is exchanged while the file is opened gets no token", () =>
    withFolder(async (folder) => {
      const [store, evil] = [join(folder, "store"), join(folder, "evil")]
      for (const path of [store, evil]) await Effect.runPromise(Effect.scoped(open(path)))
      const { ino } = lstatSync(join(evil, "tokens-1.db"))
      const delay = "inject=openat:delay_enter=2s:delay_exit=1s:when=1"
      const file = ["-P", join(store, "tokens-1.db")]
      const options = ["-f", "-qq", "-o", "/dev/null", ...file, "-e", "trace=openat", "-e", delay]
      const child = start(["strace", ...options, ...openProgram(store)])
      const pid = await eventually(() => childOf(child.process.pid))
      await eventually(() => isDelayed(pid))
      exchange(store, evil)
      await eventually(() => hasOpen(pid, ino))
      exchange(store, evil)
      assert.match((await child.ended).stdout, /tokens-1\.db was exchanged while it was opened/)
    })
  )

  it("T20: with no umask, and eight at once, no file is readable to others for a moment", () =>
    withFolder(async (folder) => {
      const store = join(folder, "store")
      const writer = [process.execPath, program("writer.ts"), store, "w", "1", "1"]
      const command = ["sh", "-c", 'umask 000; exec "$@"', "sh", ...writer]
      const children = Array.from({ length: 8 }, () => start(command).ended)
      const state = { ended: false }
      const all = Promise.all(children).finally(() => (state.ended = true))
      const seen = new Set<string>()
      while (!state.ended) {
        for (const name of ["", "tokens-1.db", "tokens-1.db-wal", "tokens-1.db-shm"]) {
          const stats = lstatSync(join(store, name), { throwIfNoEntry: false })
          if (stats !== undefined) seen.add(`${name} ${stats.mode.toString(8)}`)
        }
        await new Promise((resolve) => setImmediate(resolve))
      }
      assert.deepEqual(
        (await all).map(({ code, stderr }) => ({ code, stderr })),
        Array.from({ length: 8 }, () => ({ code: 0, stderr: "" }))
      )
      assert.sameMembers(
        [...seen],
        [" 40700", "tokens-1.db 100600", "tokens-1.db-wal 100600", "tokens-1.db-shm 100600"]
      )
    }))
})

const exchange = (one: string, other: string): void => {
  renameSync(one, `${one}-away`)
  renameSync(other, one)
  renameSync(`${one}-away`, other)
}

/** Looks until there is something. */
const eventually = async <A>(look: () => A | undefined | false): Promise<A> => {
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The process that was started, once it is there: strace tries itself out on others first. */
const childOf = (pid: number | undefined): number | undefined =>
  textOf(`/proc/${pid}/task/${pid}/children`)
    .split(" ")
    .map(Number)
    .find((child) => child > 0 && textOf(`/proc/${child}/cmdline`).startsWith(process.execPath))

/** Of a process or thread that may be gone. */
const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}

/** The number of `openat`, by architecture. */
const openat = process.arch === "x64" ? "257 " : "56 "
const looks = { inRow: 0 }

/** Whether a thread stays in `openat`, as none does by itself. */
const isDelayed = (pid: number): boolean => {
  const isIn = readdirSync(`/proc/${pid}/task`).some((task) =>
    textOf(`/proc/${pid}/task/${task}/syscall`).startsWith(openat)
  )
  looks.inRow = isIn ? looks.inRow + 1 : 0
  return looks.inRow > 20
}

const hasOpen = (pid: number, inode: number): boolean =>
  readdirSync(`/proc/${pid}/fd`).some(
    (name) => statSync(`/proc/${pid}/fd/${name}`, { throwIfNoEntry: false })?.ino === inode
  )
