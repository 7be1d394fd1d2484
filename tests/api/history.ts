/** What this branch changed, for the question whether a change comes with its changeset. */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

/**
 * The commit that a change is compared with: where the branch left main; on main itself, the commit before. `undefined` where there is no
 * history, as in a copy without `.git`.
 */
export const base = (repository: string): string | undefined => {
  const main = ["origin/main", "main"].find((name) =>
    git(repository, ["rev-parse", "-q", "--verify", name])
  )
  const left = main && git(repository, ["merge-base", "HEAD", main])
  return left === git(repository, ["rev-parse", "HEAD"])
    ? git(repository, ["rev-parse", "-q", "--verify", "HEAD^1"])
    : left
}

/** The packages that need a changeset and have none: their reports changed, and no new changeset names them. */
export const undescribed = (
  repository: string,
  since: string,
  packages: ReadonlyArray<{ readonly name: string; readonly report: string }>
): ReadonlyArray<string> => {
  const changed = changes(repository, since)
  const described = changed
    .filter((path) => /^\.changeset\/.+\.md$/.test(path))
    .map((path) => head(join(repository, path)))
    .join("\n")
  return packages
    .filter(({ name, report }) => changed.includes(report) && !described.includes(`"${name}":`))
    .map(({ name }) => name)
}

const changes = (repository: string, since: string): ReadonlyArray<string> =>
  [
    git(repository, ["diff", "--name-only", "--diff-filter=d", since]) ?? "",
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
