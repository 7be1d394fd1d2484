import { setTimeout } from "node:timers/promises"
import { parseArgs } from "node:util"

/**
 * A table is measured in a process of its own, so that what one leaves in the heap and in compiled code does
 * not colour the next. Its figures are the one line of JSON that it prints.
 */
export const printFigures = async (
  measure: (isQuick: boolean) => Promise<unknown>
): Promise<void> => {
  const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } })
  const figures = await measure(values.quick)
  // Peers keep timers: the process ends once the line is out.
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit())
}

export const progress = (what: string): void => {
  process.stderr.write(`${what} …\n`)
}

/**
 * Bytes of heap in use, after full collections. Between them the event loop turns: what was looked at through
 * a weak reference is kept until then, and answers have finalisers.
 */
export const heapUsed = async (): Promise<number> => {
  for (let turn = 0; turn < 3; turn++) {
    collect()
    await setTimeout(20)
  }
  collect()
  return process.memoryUsage().heapUsed
}

export const collect = (): void => {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc")
  globalThis.gc()
}
