/** Packs every package that is published, built before: the very files that a registry would serve. */
import { execFile } from "node:child_process"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

export interface Packed {
  readonly name: string
  readonly version: string
  /** Within the repository. */
  readonly folder: string
  readonly tarball: string
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
}

/** The tarballs of a repository's packages, in a folder that exists. */
export const pack = async (repository: string, into: string): Promise<ReadonlyArray<Packed>> => {
  const bin = (name: string) => join(repository, "node_modules/.bin", name)
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" }
  const filters = ["--filter=./packages/*", "--filter=./apps/*"]
  await run(bin("turbo"), ["run", "build", ...filters], { cwd: repository, timeout: 300_000, env })
  const found = globSync("{packages,apps}/*/package.json", { cwd: repository }).sort()
  return Promise.all(
    found
      .map((path) => ({ path, manifest: read(join(repository, path)) }))
      .filter(({ manifest }) => manifest.private !== true)
      .map(async ({ manifest: { name, version }, path }) => {
        const folder = path.replace("/package.json", "")
        const cwd = join(repository, folder)
        await run(bin("pnpm"), ["pack", "--pack-destination", into], { cwd, timeout: 60_000 })
        const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`
        return { name, version, folder, tarball: join(into, file) }
      })
  )
}

const read = (path: string): Manifest => JSON.parse(readFileSync(path, "utf8"))
