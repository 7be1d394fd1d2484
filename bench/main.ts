/**
 * `pnpm bench [--quick] [--only warm,fiber] [--write]`: each table in a process of its own, one after the
 * other; `--write` keeps them in RESULTS.md.
 */
import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs, promisify } from "node:util"
import { page, type TableName, tableNames, tell } from "./report.ts"

/** Megabytes of heap for a hundred thousand tokens, each held by every contender. */
const heapLimit = 12_288

/** Milliseconds that a table may take. */
const timeout = 900_000

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
      fileURLToPath(new URL(`./${name}.ts`, import.meta.url)),
      ...(values.quick ? ["--quick"] : [])
    ],
    { timeout }
  )
  child.child.stderr?.pipe(process.stderr, { end: false })
  return tell(name, (await child).stdout)
}

const tables: Array<string> = []
for (const name of tableNames.filter((each) => chosen.includes(each)))
  tables.push(...(await measure(name)))

const results = page(values.quick, tables)
process.stdout.write(results)
if (values.write) writeFileSync(new URL("./RESULTS.md", import.meta.url), results)
