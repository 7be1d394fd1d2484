import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { root, run } from "../support/process.ts"
import { base, undescribed } from "./history.ts"
import { published, reportOf } from "./report.ts"
import { surface } from "./surface.ts"

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

describe("names are followed to the end", () => {
  const state = { folder: "" }
  beforeAll(async () => {
    state.folder = await mkdtemp(join(tmpdir(), "onbehalf-surface-"))
    await cp(join(root, "packages/store-redis/dist"), state.folder, { recursive: true })
  })
  afterAll(() => rm(state.folder, { recursive: true }))

  const shown = () => [...surface([join(state.folder, "index.d.ts")]).values()].join("\n")

  it.each([
    ["a client less", "internal/clients.d.ts", " | IoRedis.IoRedisCluster", "", true],
    [
      "an option more",
      "internal/ownClient.d.ts",
      "TlsOptions {",
      "TlsOptions { must: string;",
      true
    ],
    ["what users cannot name", "internal/ownClient.d.ts", "declare const", "declare let", false]
  ] as const)("%s", async (_, path, was, is, seen) => {
    const file = join(state.folder, path)
    const before = shown()
    const text = await readFile(file, "utf8")
    assert.include(text, was)
    await writeFile(file, text.replace(was, is))
    assert.strictEqual(shown() !== before, seen)
  })
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
  const old = '---\n"@onbehalf/core": minor\n---\n\nAn earlier one.\n'
  const missing = () => undescribed(copy.folder, base(copy.folder) ?? "", published)

  beforeAll(async () => {
    copy.folder = await mkdtemp(join(tmpdir(), "onbehalf-history-"))
    git("init", "-q", "-b", "main")
    await write("api/core.txt", "one")
    commit("first")
    await write("packages/core/CHANGELOG.md", "The first.")
    commit("released")
    await write(".changeset/old.md", old)
    commit("waiting")
    git("checkout", "-q", "-b", "branch")
    await write("README.md", "begun")
    commit("begun")
  })
  afterAll(() => rm(copy.folder, { recursive: true }))

  it("where it has none, whether committed or not, that is told", async () => {
    assert.deepStrictEqual(missing(), [])
    await write("api/core.txt", "two")
    assert.deepStrictEqual(missing(), ["@onbehalf/core"])
    commit("changed")
    assert.deepStrictEqual(missing(), ["@onbehalf/core"])
  })

  it("one that waited before is not enough, however it is mended", async () => {
    await write(".changeset/old.md", old.replace("earlier", "older"))
    assert.deepStrictEqual(missing(), ["@onbehalf/core"])
    await rm(join(copy.folder, ".changeset/old.md"))
    await write(".changeset/renamed.md", old)
    commit("mended")
    git("mv", ".changeset/renamed.md", ".changeset/old.md")
    commit("named as before")
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
  })

  it("on main all since the last release counts, however many commits it was", async () => {
    await write("packages/core/CHANGELOG.md", "The second.")
    git("rm", "-q", ".changeset/old.md", ".changeset/new.md")
    commit("released again")
    assert.deepStrictEqual(missing(), [])
    await write("api/core.txt", "three")
    commit("on main")
    await write("README.md", "something else")
    commit("and more")
    assert.deepStrictEqual(missing(), ["@onbehalf/core"])
    await write(".changeset/another.md", old)
    commit("described")
    assert.deepStrictEqual(missing(), [])
  })

  it("before the first release, all that there is waits for it", () => {
    git("checkout", "-q", "--orphan", "main-anew")
    git("rm", "-q", "-r", "--cached", "packages")
    git("branch", "-q", "-D", "main")
    git("commit", "-q", "-m", "all at once")
    git("branch", "-q", "-m", "main")
    assert.deepStrictEqual(missing(), [])
    git("rm", "-q", ".changeset/another.md")
    assert.deepStrictEqual(missing(), ["@onbehalf/core"])
  })
})
