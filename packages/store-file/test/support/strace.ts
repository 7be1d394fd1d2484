import { it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"

const works = (): boolean => {
  try {
    execFileSync("strace", ["-f", "-o", "/dev/null", "true"], { timeout: 10_000, stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

const install = (): void => {
  if (process.geteuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return
  try {
    const options = { timeout: 120_000, stdio: "ignore" } as const
    execFileSync("apt-get", ["install", "--yes", "--no-install-recommends", "strace"], options)
  } catch {
    // Then it is not there, and the tests say so.
  }
}

/** Whether system calls of a child can be meddled with. Installed where that is possible. */
const hasStrace = (): boolean => {
  if (works()) return true
  install()
  return works()
}

/** A test that needs it; where it cannot be had, one that is shown as skipped, with the reason. */
export const itTraced = (name: string, run: () => Promise<void>, timeout = 60_000): void => {
  if (hasStrace()) it(name, run, timeout)
  else it.skip(`${name} (needs strace: apt-get install strace)`, run)
}

/** The command, with some system calls on the store's files meddled with. */
export const traced = (
  folder: string,
  options: ReadonlyArray<string>,
  command: ReadonlyArray<string>
): ReadonlyArray<string> => [
  "strace",
  "-f",
  "-qq",
  ...["", "tokens-1.db", "tokens-1.db-wal", "tokens-1.db-shm"].flatMap((name) => [
    "-P",
    join(folder, name).replace(/\/$/, "")
  ]),
  ...options,
  ...command
]
