#!/usr/bin/env node
/** The program `onbehalf`. What needs nothing is answered before anything is loaded. */

import process from "node:process"
import packageJson from "../package.json" with { type: "json" }
import { topLevelHelp } from "./topLevelHelp.ts"

const args = process.argv.slice(2)

/** On a terminal help has colours, which are not known here. */
const isPlain = process.stdout.isTTY !== true

const answer = (): string | undefined => {
  if (args.length !== 1) return undefined
  if (args[0] === "--version") return `onbehalf v${packageJson.version}\n`
  return (args[0] === "--help" || args[0] === "-h") && isPlain ? topLevelHelp : undefined
}

const cheap = answer()
if (cheap === undefined) {
  await import("./run.ts")
} else {
  process.stdout.write(cheap)
}
