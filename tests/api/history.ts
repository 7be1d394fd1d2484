/** What this branch changed, for the question whether a change comes with its changeset. */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

/**
 * What a change is compared with: where the branch left main; on main itself, the last release, before the first one nothing. `undefined` where
 * there is no history, as in a copy without `.git`.
 */
export const base = (repository: string): string | undefined => {
  const main = ["origin/main", "main"].find((name) =>
    git(repository, ["rev-parse", "-q", "--verify", name])
  )
  const left = main && git(repository, ["merge-base", "HEAD", main])
  return left === git(repository, ["rev-parse", "HEAD"]) ? left && released(repository) : left
}

/** A release writes changelogs, and nothing else does. */
const released = (repository: string): string | undefined =>
  git(repository, ["log", "-1", "--format=%H", "--", "*CHANGELOG.md"]) || nothing

/** The tree without files, as git has it everywhere. */
const nothing = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

/** The packages that need a changeset and have none: their reports changed, and no new changeset names them. */
export const undescribed = (
  repository: string,
  since: string,
  packages: ReadonlyArray<{ readonly name: string; readonly report: string }>
): ReadonlyArray<string> => {
  const changed = changes(repository, since, "d")
  // One that waited before says something else, however it is mended.
  const described = changes(repository, since, "A")
    .filter((path) => /^\.changeset\/.+\.md$/.test(path))
    .map((path) => head(join(repository, path)))
    .join("\n")
  return packages
    .filter(({ name, report }) => changed.includes(report) && !described.includes(`"${name}":`))
    .map(({ name }) => name)
}

/** Files that differ, of those that a filter of git's lets through. */
const changes = (repository: string, since: string, filter: string): ReadonlyArray<string> =>
  [
    git(repository, ["diff", "--no-renames", "--name-only", `--diff-filter=${filter}`, since]) ??
      "",
    git(repository, ["ls-files", "--others", "--exclude-standard"]) ?? ""
  ].flatMap((text) => text.split("\n").filter((path) => path !== ""))

/** The part between the dashes: which packages, and how much. */
const head = (file: string): string => readFileSync(file, "utf8").split("---")[1] ?? ""

const git = (repository: string, args: ReadonlyArray<string>): string | undefined => {
  try {
    return execFileSync("git", ["-C", repository, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 20_000
    }).trim()
  } catch {
    return undefined
  }
}
