/** How long a command takes from its start to its end, beside Node itself and other programs on Node. */
import { startSimulator } from "@onbehalf/simulator"
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { printFigures, progress } from "./child.ts"
import { median } from "./work.ts"

export interface StartRow {
  readonly name: string
  /** Median milliseconds. */
  readonly time: number
}

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

const onbehalf = at("apps/cli/dist/onbehalf.js")

/** What is started, and how: the first is what the others are measured by. */
export const contenders = (
  merchant: string
): ReadonlyArray<readonly [string, ...Array<string>]> => [
  ["node -e 0", "-e", "0"],
  ["onbehalf --version", onbehalf, "--version"],
  ["onbehalf --help", onbehalf, "--help"],
  ["onbehalf token get, from the store", onbehalf, "token", "get", merchant, "--scope", "admin"],
  ["changeset --version", at("node_modules/@changesets/cli/bin.js"), "--version"],
  ["rolldown --version", at("apps/cli/node_modules/rolldown/bin/cli.mjs"), "--version"],
  ["vitest --version", at("node_modules/vitest/vitest.mjs"), "--version"]
]

/** Runs one to its end. */
export const time = async (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>
): Promise<number> => {
  const began = performance.now()
  await promisify(execFile)(process.execPath, args, { env, timeout: 30_000 })
  return performance.now() - began
}

const measureStart = async (isQuick: boolean): Promise<ReadonlyArray<StartRow>> => {
  progress("start")
  const simulator = await startSimulator()
  const home = mkdtempSync(join(tmpdir(), "onbehalf-bench-"))
  const env = {
    HOME: home,
    NUAPAY_API_KEY: simulator.apiKey,
    NUAPAY_BASE_URL: simulator.url
  }
  const rows = contenders(simulator.merchants[0]?.id ?? "").map(([name, ...args]) => ({
    name,
    args,
    times: [] as Array<number>
  }))
  // One round before those that count: it fetches the token, and fills the caches of the disk and of compiled code.
  for (let round = -1; round < (isQuick ? 3 : 25); round++) {
    for (const { args, times } of rows) {
      const taken = await time(args, env)
      if (round >= 0) times.push(taken)
    }
  }
  await simulator.close()
  rmSync(home, { recursive: true })
  return rows.map(({ name, times }) => ({ name, time: median(times) }))
}

if (import.meta.main) await printFigures(measureStart)
