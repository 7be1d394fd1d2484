/** Packs every package that is published, built before: the very files that a registry would serve. */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { releasable, type Releasable } from "./versions.ts"

const run = promisify(execFile)

export interface Packed extends Releasable {
  readonly tarball: string
}

/** The tarballs of a repository's packages, in a folder that exists. */
export const pack = async (repository: string, into: string): Promise<ReadonlyArray<Packed>> => {
  const bin = (name: string) => join(repository, "node_modules/.bin", name)
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" }
  const filters = ["--filter=./packages/*", "--filter=./apps/*"]
  await run(bin("turbo"), ["run", "build", ...filters], { cwd: repository, timeout: 300_000, env })
  return Promise.all(
    releasable(repository).map(async (one) => {
      const cwd = join(repository, one.folder)
      await run(bin("pnpm"), ["pack", "--pack-destination", into], { cwd, timeout: 60_000 })
      const file = `${one.name.replace("@", "").replace("/", "-")}-${one.version}.tgz`
      return { ...one, tarball: join(into, file) }
    })
  )
}
