#!/usr/bin/env node
/** The program `onbehalf`. What needs nothing is answered before anything is loaded, and by any Node. */

import process from "node:process"
import packageJson from "../package.json" with { type: "json" }
import { isTooOld, oldestNode } from "./nodeVersion.ts"
import { isClosed, outputProblem } from "./output/outputProblem.ts"
import { topLevelHelp } from "./topLevelHelp.ts"

const args = process.argv.slice(2)

/** On a terminal help has colours, which are not known here. */
const isPlain = process.stdout.isTTY !== true

const answer = (): string | undefined => {
  if (args.length !== 1) return undefined
  if (args[0] === "--version") return `onbehalf v${packageJson.version}\n`
  return (args[0] === "--help" || args[0] === "-h") && isPlain ? topLevelHelp : undefined
}

/** One line, and the exit code of what is neither ours nor Nuapay's. */
const fail = (problem: string): void => {
  process.stderr.write(`onbehalf: ${problem}\n`)
  process.exitCode = 1
}

const cheap = answer()
if (isTooOld(process.versions.node)) {
  fail(`needs Node ${oldestNode} or newer, and this is ${process.versions.node}`)
} else if (cheap === undefined) {
  await import("./run.ts")
} else {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (!isClosed(error.code ?? "unknown")) fail(outputProblem(error.code ?? "unknown"))
  })
  process.stdout.write(cheap)
}
