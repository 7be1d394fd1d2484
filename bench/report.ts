import { cpus } from "node:os"
import { changesReport } from "./reports/changes.ts"
import { fiberReport } from "./reports/fiber.ts"
import { fileReport } from "./reports/file.ts"
import { memoryReport } from "./reports/memory.ts"
import { middlewareReport } from "./reports/middleware.ts"
import { redisReport } from "./reports/redis.ts"
import { renewalReport } from "./reports/renewal.ts"
import { silenceReport } from "./reports/silence.ts"
import { startReport } from "./reports/start.ts"
import { stampedeReport } from "./reports/stampede.ts"
import { warmReport } from "./reports/warm.ts"
import { wireReport } from "./reports/wire.ts"

/** How each table's figures are told, in the order of the page. */
const reports = {
  warm: warmReport,
  fiber: fiberReport,
  stampede: stampedeReport,
  memory: memoryReport,
  renewal: renewalReport,
  file: fileReport,
  redis: redisReport,
  changes: changesReport,
  middleware: middlewareReport,
  wire: wireReport,
  silence: silenceReport,
  start: startReport
}

export type TableName = keyof typeof reports

export const tableNames = Object.keys(reports) as ReadonlyArray<TableName>

/** @param figures what the table's own process printed */
export const report = (name: TableName, figures: string): ReadonlyArray<string> =>
  (reports[name] as (figures: unknown) => ReadonlyArray<string>)(JSON.parse(figures))

export const head = (isQuick: boolean): ReadonlyArray<string> => [
  "# Results",
  "",
  `One run of \`pnpm bench${isQuick ? " --quick" : ""}\` on Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}.`,
  "Medians, taken side by side in rounds; a shared machine moves the absolute figures more than the ratios.",
  ""
]
