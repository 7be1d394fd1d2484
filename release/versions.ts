/** What is published, with its versions: as they are, or the next ones. */
import { execFileSync } from "node:child_process"
import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

export interface Releasable {
  readonly name: string
  readonly version: string
  /** Within the repository. */
  readonly folder: string
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
}

export const releasable = (repository: string): ReadonlyArray<Releasable> =>
  globSync("{packages,apps}/*/package.json", { cwd: repository })
    .sort()
    .map((path) => ({ folder: dirname(path), manifest: read(join(repository, path)) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest: { name, version } }) => ({ name, version, folder }))

/** The changesets that wait for a release. */
export const pending = (repository: string): ReadonlyArray<string> =>
  globSync(".changeset/*.md", { cwd: repository })

/** Turns what waits into versions and changelogs. Where nothing waits the versions are made already: changesets takes that for a mistake. */
export const makeVersions = (repository: string): void => {
  if (pending(repository).length === 0) return
  execFileSync(process.execPath, [changesets, "version"], {
    cwd: repository,
    timeout: 60_000,
    stdio: ["ignore", "ignore", "inherit"]
  })
}

const changesets = join(import.meta.dirname, "../node_modules/@changesets/cli/bin.js")

const read = (path: string): Manifest => JSON.parse(readFileSync(path, "utf8"))
