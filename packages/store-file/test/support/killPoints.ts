import { readFileSync } from "node:fs"
import { join } from "node:path"
import { program, start } from "./child.ts"
import { traced } from "./strace.ts"

/** What changes files. Memory that is shared through a file is changed without. */
const writing = [
  "openat",
  "pwrite64",
  "write",
  "fsync",
  "fdatasync",
  "ftruncate",
  "unlink",
  "mkdir"
]

/** The n-th call of a kind. */
export interface KillPoint {
  readonly call: string
  readonly when: number
}

export const command = (folder: string, count: number): ReadonlyArray<string> => [
  process.execPath,
  program("writer.ts"),
  folder,
  "w",
  "7",
  String(count)
]

/** Every call of one whole run that writes. */
export const killPoints = async (
  folder: string,
  count: number
): Promise<ReadonlyArray<KillPoint>> => {
  const log = join(folder, "trace")
  const target = join(folder, "store")
  const options = ["-o", log, "-e", `trace=${writing.join()}`]
  const { code, stderr } = await start(traced(target, options, command(target, count))).ended
  if (code !== 0) throw new Error(stderr)
  const counts = new Map<string, number>()
  for (const [, call = ""] of readFileSync(log, "utf8").matchAll(/^\d+ +(\w+)\(/gm)) {
    counts.set(call, (counts.get(call) ?? 0) + 1)
  }
  return [...counts].flatMap(([call, count]) =>
    Array.from({ length: count }, (_, index) => ({ call, when: index + 1 }))
  )
}
