import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { check } from "./support/check.ts"
import { program, start } from "./support/child.ts"
import { withFolder } from "./support/folders.ts"
import { History } from "./support/history.ts"
import { command } from "./support/killPoints.ts"
import type { Line } from "./support/lines.ts"
import { heldIn, keep, key, open } from "./support/store.ts"
import { itTraced, traced } from "./support/strace.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

/** Runs a writer to its end: some operations fail, with an error that says why, and it keeps its word. */
const runWriter = async (
  store: string,
  wrap: (command: ReadonlyArray<string>) => ReadonlyArray<string>,
  problem: RegExp
): Promise<void> => {
  const history = new History()
  const { ended } = start(wrap(command(store, 60)), (line) => history.add(JSON.parse(line) as Line))
  const { code, stderr } = await ended
  assert.strictEqual(code, 0, stderr)
  assert.isNotEmpty(history.failures)
  for (const failure of history.failures) assert.match(failure, problem)
  check(store, history)
}

/** What may go wrong with a call, from which one on, and how often. */
const troubles: ReadonlyArray<readonly [inject: string, problem: RegExp]> = [
  ["fsync:error=EIO:when=8+5", /the disk failed/],
  ["pwrite64:error=EIO:when=90+31", /the disk failed/],
  ["pwrite64:error=ENOSPC:when=90+31", /the disk is full/],
  ["pwrite64:retval=0:when=90+31", /the disk is full/],
  // SQLite says "malformed" where the disk fails to read.
  ["pread64:error=EIO:when=60+17", /the disk failed|malformed/]
]

describe("a disk in trouble", () => {
  for (const [inject, problem] of troubles) {
    itTraced(`F31: nothing is lost with ${inject}`, () =>
      withFolder((folder) => {
        const store = join(folder, "store")
        const options = ["-o", "/dev/null", "-e", `inject=${inject}`]
        return runWriter(store, (command) => traced(store, options, command), problem)
      })
    )
  }

  itTraced(
    "T24: what is put, removed or revoked is on the disk; a lease does not wait for it",
    () =>
      withFolder(async (folder) => {
        const store = join(folder, "store")
        const log = join(folder, "log")
        const syncs = async (operation: string): Promise<number> => {
          const command = [process.execPath, program("repeat.ts"), store, operation]
          await start(traced(store, ["-o", log, "-e", "trace=fsync,fdatasync"], command)).ended
          return readFileSync(log, "utf8").match(/ f(data)?sync\(/g)?.length ?? 0
        }
        await syncs("lease")
        assert.isAtMost(await syncs("lease"), 5)
        for (const operation of ["put", "remove", "revoke"]) {
          assert.isAtLeast(await syncs(operation), 20, operation)
        }
      })
  )

  it("F30, F31: nothing is lost where a write ends halfway, at the largest size of a file", () =>
    withFolder((folder) => {
      const limited = 'ulimit -f 150; exec "$@"'
      return runWriter(
        join(folder, "store"),
        (command) => ["sh", "-c", limited, "sh", ...command],
        /the disk is full|the disk failed/
      )
    }))

  const full = "F30: on a full disk tokens are read, and kept again once there is room"
  const useFullDisk = Effect.gen(function* () {
    const directory = yield* smallDisk
    const store = yield* open(directory)
    yield* keep(store, key("m0"), "t0")
    const text = "x".repeat(16_000)
    const fill = Effect.forEach(Array.from({ length: 100 }).keys(), (index) =>
      keep(store, key(`m${index + 1}`), `t${index + 1}`, { text })
    )
    assert.strictEqual((yield* Effect.flip(fill)).message, "store put: the disk is full")
    assert.strictEqual(yield* heldIn(store, key("m0")), "t0")
    assert.strictEqual(yield* heldIn(store, key("m1")), "t1")
    const late = yield* open(directory)
    assert.strictEqual(yield* heldIn(late, key("m1")), "t1")
    execFileSync("mount", ["-o", "remount,size=8m", directory])
    yield* fill
    assert.strictEqual(yield* heldIn(late, key("m100")), "t100")
  })
  if (process.geteuid?.() === 0) it.live(full, () => useFullDisk)
  else it.live.skip(`${full} (only root can mount one)`, () => useFullDisk)
})

const smallDisk = Effect.flatMap(temporaryFolder, (directory) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k,mode=700", "none", directory])
      return directory
    }),
    () => Effect.sync(() => execFileSync("umount", ["--lazy", directory]))
  )
)
