/**
 * `pnpm bench [--quick] [--only warm,fiber] [--write]`: each table in a process of its own, one after the
 * other; `--write` keeps them in RESULTS.md.
 */
import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs, promisify } from "node:util"
import { head, report, type TableName, tableNames } from "./report.ts"

/** Megabytes of heap for a hundred thousand tokens, each held by every contender. */
const heapLimit = 12_288

/**
 * Young garbage in megabytes, where it is collected between the blocks and never within one: how much of it survives
 * depends on what the blocks before left behind.
 */
const youngSpace: Partial<Record<TableName, number>> = { middleware: 64 }

/** Milliseconds that a table may take. */
const timeout = 1_800_000

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    write: { type: "boolean", default: false }
  }
})

const chosen: ReadonlyArray<string> = values.only?.split(",") ?? tableNames
const unknown = chosen.filter((name) => !tableNames.includes(name as TableName))

if (unknown.length > 0) throw new Error(`no table ${unknown.join()}: ${tableNames.join()}`)

if (values.write && chosen.length < tableNames.length) {
  throw new Error("--write keeps all tables: not with --only")
}

const measure = async (name: TableName): Promise<ReadonlyArray<string>> => {
  const child = promisify(execFile)(
    process.execPath,
    [
      "--expose-gc",
      `--max-old-space-size=${heapLimit}`,
      ...youngFlags(youngSpace[name]),
      fileURLToPath(new URL(`./${name}.ts`, import.meta.url)),
      ...(values.quick ? ["--quick"] : [])
    ],
    { timeout }
  )
  child.child.stderr?.pipe(process.stderr, { end: false })
  return report(name, (await child).stdout)
}

const youngFlags = (size: number | undefined): ReadonlyArray<string> =>
  size === undefined ? [] : [`--min-semi-space-size=${size}`, `--max-semi-space-size=${size}`]

const lines: Array<string> = []

/** Told as it comes: a table that fails takes none of those before it away. */
const tell = (part: ReadonlyArray<string>): void => {
  lines.push(...part)
  process.stdout.write(`${part.join("\n")}\n`)
}

tell(head(values.quick))
for (const name of tableNames.filter((each) => chosen.includes(each))) tell(await measure(name))

// The last line is empty.
if (values.write) writeFileSync(new URL("./RESULTS.md", import.meta.url), lines.join("\n"))
