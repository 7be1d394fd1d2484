/** Many processes that want one token at once. */
import { assert } from "@effect/vitest"
import type { Worker } from "./brokerWorkers.ts"

/** The value that so much of them do not exceed. */
export const quantile = (values: ReadonlyArray<number>, part: number): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(values.length * part) - 1] ?? NaN

/** Figures for whoever reads along. */
export const progress = (what: string, figures: ReadonlyArray<number>): void => {
  process.stderr.write(`${what}: ${figures.map((figure) => figure.toFixed(1)).join(", ")}\n`)
}

const callers = 500

/**
 * All get the same token. Milliseconds from the answer in the process that fetched it, which is the first, to the
 * median of the callers that waited in the others.
 */
export const stampede = async (
  workers: ReadonlyArray<Worker>,
  merchant: string
): Promise<number> => {
  const results = await Promise.all(
    workers.map((worker) => worker.tell({ do: "ask", merchant, callers }))
  )
  const asked = results.map(({ asked }) => asked ?? { ids: [], at: [] })
  assert.strictEqual(new Set(asked.flatMap(({ ids }) => ids)).size, 1)
  const firsts = asked.map(({ at }) => Math.min(...at))
  const first = Math.min(...firsts)
  const waiters = asked.filter((_, index) => firsts[index] !== first).flatMap(({ at }) => at)
  assert.lengthOf(waiters, (workers.length - 1) * callers)
  return quantile(waiters, 0.5) - first
}
