import { execFile } from "node:child_process"
import { globSync } from "node:fs"
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

const root = join(import.meta.dirname, "../../../..")
const bin = (name: string) => join(root, "node_modules/.bin", name)
const own = join(root, "apps/express/node_modules")

const packages = ["packages/core", "packages/store-memory", "packages/simulator", "apps/express"]

/** Where each package that is not ours is found, for a version of Express. */
const foreign = (express: "express" | "express4"): Readonly<Record<string, string>> => ({
  effect: join(own, "effect"),
  "lru-cache": join(own, "lru-cache"),
  express: join(own, express),
  "@types/express": join(own, "@types", express),
  "@types/node": join(root, "node_modules/@types/node"),
  "@effect/platform-node": join(root, "packages/simulator/node_modules/@effect/platform-node")
})

/** Our packages as they would be published, in a folder outside the repository; built before, where that is due. */
export const packOurs = async (): Promise<{ readonly folder: string } & AsyncDisposable> => {
  const folder = await mkdtemp(join(tmpdir(), "onbehalf-packed-"))
  const filters = ["@onbehalf/express", "@onbehalf/store-memory", "@onbehalf/simulator"]
  await run(bin("turbo"), ["run", "build", ...filters.map((name) => `--filter=${name}...`)], {
    cwd: root,
    timeout: 120_000,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" }
  })
  for (const name of packages) {
    await run(bin("pnpm"), ["pack", "--pack-destination", folder], {
      cwd: join(root, name),
      timeout: 30_000
    })
  }
  for (const tarball of globSync("*.tgz", { cwd: folder })) {
    const [, name] = /^onbehalf-(.+)-\d/.exec(tarball) ?? []
    const target = join(folder, "@onbehalf", name ?? "")
    await mkdir(target, { recursive: true })
    await run("tar", ["-xzf", join(folder, tarball), "--strip-components=1", "-C", target])
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

/** A project that has installed them beside a version of Express. */
export const makeProject = async (
  packed: string,
  express: "express" | "express4",
  files: Readonly<Record<string, string>>
): Promise<Project> => {
  const folder = await mkdtemp(join(packed, "project-"))
  const modules = join(folder, "node_modules")
  await cp(join(packed, "@onbehalf"), join(modules, "@onbehalf"), { recursive: true })
  for (const [name, path] of Object.entries(foreign(express))) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(path, join(modules, name))
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const attempt = async (program: string, args: ReadonlyArray<string>): Promise<Outcome> => {
    try {
      const { stdout } = await run(program, args, {
        cwd: folder,
        timeout: 60_000,
        env: { PATH: process.env["PATH"] }
      })
      return { code: 0, output: stdout }
    } catch (error) {
      const { code, stderr, stdout } = error as { code: number; stderr: string; stdout: string }
      return { code, output: stdout + stderr }
    }
  }
  return {
    node: (file) => attempt(process.execPath, [file]),
    check: () => attempt(bin("tsc"), ["-p", folder])
  }
}

export interface Outcome {
  readonly code: number
  readonly output: string
}

export interface Project {
  readonly node: (file: string) => Promise<Outcome>
  readonly check: () => Promise<Outcome>
}
