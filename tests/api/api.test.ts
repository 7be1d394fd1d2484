import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { root, run } from "../support/process.ts"
import { base, undescribed } from "./history.ts"
import { published, reportOf } from "./report.ts"

beforeAll(async () => {
  const built = await run("node_modules/.bin/turbo", [
    "run",
    "build",
    "--filter=./packages/*",
    "--filter=./apps/*"
  ])
  assert.strictEqual(built.code, 0, built.stderr)
}, 60_000)

describe("the public surface is the one in api/; `pnpm api` writes it anew", () => {
  // The command line is asked for the help of each of its commands.
  it.each(published)(
    "$name",
    (one) => {
      assert.isTrue(existsSync(join(root, one.report)), `${one.report} is missing`)
      assert.strictEqual(reportOf(one), readFileSync(join(root, one.report), "utf8"))
    },
    180_000
  )
})

const since = base(root)
const history = since === undefined ? ": there is no history to compare with" : ""

describe("a change of the public surface has a changeset", () => {
  it.skipIf(since === undefined)(`in this repository${history}`, () => {
    assert.deepStrictEqual(undescribed(root, since ?? "", published), [])
  })

  const copy = { folder: "" }
  const git = (...args: ReadonlyArray<string>) =>
    execFileSync("git", ["-C", copy.folder, "-c", "user.name=t", "-c", "user.email=t@t", ...args], {
      stdio: "pipe"
    })
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(copy.folder, path)), { recursive: true })
    await writeFile(join(copy.folder, path), text)
  }
  const commit = (what: string) => {
    git("add", "-A")
    git("commit", "-q", "-m", what)
  }
  const missing = () => undescribed(copy.folder, base(copy.folder) ?? "", published)

  beforeAll(async () => {
    copy.folder = await mkdtemp(join(tmpdir(), "onbehalf-history-"))
    git("init", "-q", "-b", "main")
    await write("api/core.txt", "one")
    await write(".changeset/old.md", '---\n"@onbehalf/core": minor\n---\n\nAn earlier one.\n')
    commit("first")
    await write("README.md", "something else")
    commit("second")
    git("checkout", "-q", "-b", "branch")
  })
  afterAll(() => rm(copy.folder, { recursive: true }))

  it("where it has none, whether committed or not, that is told", async () => {
    assert.deepStrictEqual(missing(), [])
    await write("api/core.txt", "two")
    assert.deepStrictEqual(missing(), ["@onbehalf/core"])
    commit("changed")
    assert.deepStrictEqual(missing(), ["@onbehalf/core"])
  })

  it("another package's changeset is not enough, its own is, on the branch and when it is merged", async () => {
    await write(
      ".changeset/new.md",
      '---\n"@onbehalf/express": patch\n---\n\nNot "@onbehalf/core": that one.\n'
    )
    assert.deepStrictEqual(missing(), ["@onbehalf/core"])
    await write(".changeset/new.md", '---\n"@onbehalf/core": minor\n---\n\nA new one.\n')
    assert.deepStrictEqual(missing(), [])
    commit("described")
    git("checkout", "-q", "main")
    git("merge", "-q", "--no-ff", "branch", "-m", "merged")
    assert.deepStrictEqual(missing(), [])
    await write("api/core.txt", "three")
    commit("on main")
    assert.deepStrictEqual(missing(), ["@onbehalf/core"])
  })
})
