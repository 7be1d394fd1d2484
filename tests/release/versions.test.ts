import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { parse } from "yaml"
import { makeVersions, pending, releasable } from "../../release/versions.ts"
import { root } from "../support/process.ts"

/** A repository with our manifests and changesets, and the host's, which is bare. */
const world = { copy: "", host: "" }

const call = (program: string, args: ReadonlyArray<string>): string =>
  execFileSync(program, args, {
    cwd: world.copy,
    encoding: "utf8",
    timeout: 20_000,
    // The host's own program finds that a pull request is open.
    env: { ...process.env, PATH: [join(world.copy, "../bin"), process.env["PATH"]].join(":") }
  })

const git = (...args: ReadonlyArray<string>): ReadonlyArray<string> =>
  call("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args])
    .split("\n")
    .filter((line) => line !== "")

/** The last step of a job of the release's workflow, as it stands there. */
const lastStep = (job: string): string => {
  const { jobs } = parse(readFileSync(join(root, ".github/workflows/release.yml"), "utf8")) as {
    readonly jobs: Record<string, { readonly steps: ReadonlyArray<{ readonly run?: string }> }>
  }
  return jobs[job]?.steps.at(-1)?.run ?? ""
}

const versions = () =>
  Object.fromEntries(releasable(world.copy).map(({ name, version }) => [name, version]))

const wait = (name: string, bump: string) =>
  writeFileSync(join(world.copy, ".changeset/next.md"), `---\n"${name}": ${bump}\n---\n\nMore.\n`)

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "onbehalf-versions-"))
  world.copy = join(folder, "repository")
  world.host = join(folder, "host.git")
  const patterns = [
    "*package.json",
    ".changeset",
    "pnpm-workspace.yaml",
    ".gitignore",
    ".oxfmtrc.json"
  ]
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", ...patterns], {
    cwd: root,
    encoding: "utf8"
  })
  for (const path of listed.trim().split("\n")) {
    mkdirSync(dirname(join(world.copy, path)), { recursive: true })
    cpSync(join(root, path), join(world.copy, path))
  }
  mkdirSync(join(folder, "bin"))
  writeFileSync(join(folder, "bin/gh"), "#!/bin/sh\necho OPEN\n", { mode: 0o755 })
  git("init", "--quiet", "--bare", world.host)
  git("init", "--quiet", "--initial-branch=main")
  git("remote", "add", "origin", world.host)
  // So that there is something to release, whatever the repository waits for.
  for (const { name } of releasable(world.copy)) {
    const text = `---\n"${name}": minor\n---\n\nAll is new.\n`
    writeFileSync(join(world.copy, `.changeset/first-${name.split("/")[1]}.md`), text)
  }
  git("add", "--all")
  git("commit", "--quiet", "--message", "As it is")
})

afterAll(() => rmSync(dirname(world.copy), { recursive: true }))

describe("a release", () => {
  it("proposes numbers and changelogs of every package, and takes away the changesets", () => {
    makeVersions(world.copy)
    call("bash", ["-euo", "pipefail", "-c", lastStep("propose")])
    assert.deepStrictEqual(git("status", "--short"), [])
    const proposed = git("ls-tree", "-r", "--name-only", "origin/release/next")
    for (const { folder, name, version } of releasable(world.copy)) {
      assert.include(proposed, `${folder}/CHANGELOG.md`)
      const changelog = readFileSync(join(world.copy, folder, "CHANGELOG.md"), "utf8")
      assert.match(changelog, new RegExp(`^# ${name}\n\n## ${version}\n`))
      assert.include(changelog, "- All is new.")
    }
    assert.deepStrictEqual(
      proposed.filter((path) => /^\.changeset\/.*\.md$/.test(path)),
      []
    )
  })

  it("leaves nothing that `npm test` would want written in another way", () =>
    call(join(root, "node_modules/.bin/oxfmt"), ["--check", "."]))

  it("once merged, has its versions: nothing waits, and none is made", () => {
    const before = versions()
    assert.deepStrictEqual(pending(world.copy), [])
    makeVersions(world.copy)
    assert.deepStrictEqual(versions(), before)
    assert.deepStrictEqual(git("status", "--short"), [])
  })

  // At 0.x a peer range is one minor wide: a version alone on the next one could not be installed beside the others.
  it.each([
    ["@onbehalf/core", "patch"],
    ["@onbehalf/core", "minor"],
    ["@onbehalf/store-redis", "minor"],
    ["@onbehalf/core", "patch"],
    ["@onbehalf/express", "patch"]
  ])("of %s, a %s, takes along what goes with it, and nothing else", (name, bump) => {
    const before = versions()
    wait(name, bump)
    assert.lengthOf(pending(world.copy), 1)
    makeVersions(world.copy)
    const after = versions()
    const alone = ["@onbehalf/cli", "@onbehalf/simulator"]
    for (const one of alone) assert.strictEqual(after[one], before[one], one)
    const together = Object.keys(after).filter((one) => !alone.includes(one))
    assert.lengthOf(together, 6)
    for (const one of together) assert.strictEqual(after[one], after["@onbehalf/core"], one)
    assert.notStrictEqual(after[name], before[name])
  })
})
