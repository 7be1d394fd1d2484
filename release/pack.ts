/** `pnpm release:pack <folder>`: packs every package that is published, built before: the very files that a registry will serve. */
import { execFile } from "node:child_process"
import { mkdirSync } from "node:fs"
import { delimiter, join, resolve } from "node:path"
import { promisify } from "node:util"
import { releasable, type Releasable } from "./versions.ts"

const run = promisify(execFile)

export interface Packed extends Releasable {
  readonly tarball: string
}

/** Where the tarballs of a repository's packages are, or will be, in a folder. */
export const tarballs = (repository: string, folder: string): ReadonlyArray<Packed> =>
  releasable(repository).map((one) => {
    const file = `${one.name.replace("@", "").replace("/", "-")}-${one.version}.tgz`
    return { ...one, tarball: join(folder, file) }
  })

/** Builds and packs into a folder that exists. */
export const pack = async (repository: string, into: string): Promise<ReadonlyArray<Packed>> => {
  const programs = join(repository, "node_modules/.bin")
  const bin = (name: string) => join(programs, name)
  // turbo looks for pnpm by its name.
  const path = [programs, process.env["PATH"]].join(delimiter)
  const env = { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: "1" }
  const filters = ["--filter=./packages/*", "--filter=./apps/*"]
  await run(bin("turbo"), ["run", "build", ...filters], { cwd: repository, timeout: 300_000, env })
  const packed = tarballs(repository, into)
  await Promise.all(
    packed.map(({ folder }) =>
      run(bin("pnpm"), ["pack", "--pack-destination", into], {
        cwd: join(repository, folder),
        timeout: 60_000
      })
    )
  )
  return packed
}

if (import.meta.main) {
  const into = resolve(process.argv[2] ?? "tarballs")
  mkdirSync(into, { recursive: true })
  for (const { tarball } of await pack(join(import.meta.dirname, ".."), into)) console.log(tarball)
}
