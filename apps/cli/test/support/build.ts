import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"

const folder = join(import.meta.dirname, "../..")

/** Builds the program once for all tests: it starts five times as fast as its source, and is what users run. */
export const setup = async (): Promise<void> => {
  const rolldown = join(folder, "node_modules/rolldown/bin/cli.mjs")
  await promisify(execFile)(process.execPath, [rolldown, "-c"], { cwd: folder, timeout: 60_000 })
}
