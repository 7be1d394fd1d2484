import { assert, describe, it } from "@effect/vitest"
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { heldIn, keep, key, open } from "./support/store.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const isRoot = process.geteuid?.() === 0

/** What others may have done to the folder `store` or to the file in it, and what is said about it. */
interface Trap {
  readonly name: string
  readonly set: (store: string, file: string) => void
  readonly problem: RegExp
  /** Why it cannot be set here. */
  readonly skipped?: string | false
}

const exchange = (path: string, put: (away: string) => void): void => {
  renameSync(path, `${path}-away`)
  put(`${path}-away`)
}

const traps: ReadonlyArray<Trap> = [
  {
    name: "a folder that others may read",
    set: (store) => chmodSync(store, 0o750),
    problem: /store is open to other users \(mode 750\): chmod 700 .+store$/
  },
  {
    name: "a folder that is a symbolic link",
    set: (store) => exchange(store, (away) => symlinkSync(away, store)),
    problem: /store is a symbolic link: name the folder that it leads to$/
  },
  {
    name: "a file where the folder should be",
    set: (store) => exchange(store, () => writeFileSync(store, "")),
    problem: /store is not a folder$/
  },
  {
    name: "a folder of another user",
    set: (store) => chownSync(store, 12_345, 12_345),
    problem: /store belongs to user 12345, but this process runs as \d+: run it as that user/,
    skipped: !isRoot && "only root can give a folder away"
  },
  {
    name: "a folder that cannot be written",
    set: (store) => {
      if (!isRoot) return chmodSync(store, 0o500)
      execFileSync("mount", ["-t", "tmpfs", "-o", "mode=700,ro", "none", store])
    },
    problem: /store cannot be written: choose another folder, or mount it read-write$/
  },
  {
    name: "a file that others may read",
    set: (_, file) => chmodSync(file, 0o644),
    problem: /tokens-1\.db is open to other users \(mode 644\): chmod 600 .+tokens-1\.db$/
  },
  {
    name: "a log that others may read",
    set: (_, file) => writeFileSync(`${file}-wal`, "", { mode: 0o644 }),
    problem: /tokens-1\.db-wal is open to other users/
  },
  {
    name: "a file that is a symbolic link",
    set: (_, file) => exchange(file, (away) => symlinkSync(away, file)),
    problem: /tokens-1\.db is a symbolic link: delete it$/
  },
  {
    name: "a file with another name elsewhere",
    set: (_, file) => linkSync(file, `${file}-elsewhere`),
    problem: /tokens-1\.db has another name elsewhere \(a hard link\)/
  },
  {
    name: "a FIFO",
    set: (_, file) => exchange(file, () => execFileSync("mkfifo", ["-m", "600", file])),
    problem: /tokens-1\.db is not a regular file/
  },
  {
    name: "a folder in place of the file",
    set: (_, file) => exchange(file, () => mkdirSync(file, { mode: 0o700 })),
    problem: /tokens-1\.db is not a regular file/
  },
  {
    name: "a file of another user",
    set: (_, file) => chownSync(file, 12_345, 12_345),
    problem: /tokens-1\.db belongs to user 12345/,
    skipped: !isRoot && "only root can give a file away"
  }
]

const unmount = (store: string) =>
  Effect.sync(() => {
    try {
      execFileSync("umount", [store], { stdio: "ignore" })
    } catch {
      // Most of them are no mounts.
    }
  })

/** The mode of the folder and of what is in it. */
const look = (store: string): ReadonlyArray<string> =>
  [store, ...(lstatSync(store).isDirectory() ? readdirSync(store) : [])].map((name) => {
    const { gid, mode, nlink, uid } = lstatSync(name === store ? store : join(store, name))
    return [name, mode.toString(8), uid, gid, name === store ? "" : nlink].join(" ")
  })

const problemOf = ({ reason }: TokenError): string => {
  assert(reason._tag === "InvalidConfiguration")
  assert.strictEqual(reason.setting, "directory")
  return reason.problem
}

describe("what is not safe is refused, and left as it is", () => {
  for (const { name, problem, set, skipped = false } of traps) {
    const test = Effect.gen(function* () {
      const store = join(yield* temporaryFolder, "store")
      yield* Effect.addFinalizer(() => unmount(store))
      yield* Effect.scoped(Effect.flatMap(open(store), (first) => keep(first, key("m1"), "t1")))
      set(store, join(store, "tokens-1.db"))
      const before = look(store)
      assert.match(problemOf(yield* Effect.flip(open(store))), problem)
      assert.deepEqual(look(store), before)
    })
    if (skipped === false) it.live(`T20, F34: ${name}`, () => test)
    else it.live.skip(`T20, F34: ${name} (${skipped})`, () => test)
  }

  it.live("T20: folder and files are made for their owner alone", () =>
    Effect.gen(function* () {
      const store = join(yield* temporaryFolder, "new", "store")
      yield* keep(yield* open(store), key("m1"), "t1")
      const modes = look(store).map((line) => line.split(" ").slice(0, 2).join(" "))
      assert.deepEqual(modes, [
        `${store} 40700`,
        "tokens-1.db 100600",
        "tokens-1.db-shm 100600",
        "tokens-1.db-wal 100600"
      ])
    })
  )

  it.live("F34: a file that became readable while it was in use is refused by the next", () =>
    Effect.gen(function* () {
      const store = yield* temporaryFolder
      const first = yield* open(store)
      yield* keep(first, key("m1"), "t1")
      chmodSync(join(store, "tokens-1.db"), 0o640)
      assert.match(problemOf(yield* Effect.flip(open(store))), /mode 640/)
      assert.strictEqual(yield* heldIn(first, key("m1")), "t1")
    })
  )
})
