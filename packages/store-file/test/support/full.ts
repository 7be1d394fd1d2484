import { writeSync } from "node:fs"

/** `pnpm crash-test`: every point, for a quarter of an hour or two. `npm test` takes some. */
export const isFull = process.env["CRASH_TEST"] === "full"

export const timeout = isFull ? 7_200_000 : 60_000

/** Says how far the whole run has come: one that is silent for minutes looks like one that hangs. */
export const progress = (line: string): void => {
  if (isFull) writeSync(2, `${line}\n`)
}
