import { assert } from "@effect/vitest"
import type { RunningSimulator } from "@onbehalf/simulator"
import { setTimeout as sleep } from "node:timers/promises"
import type { Worker } from "./brokerWorkers.ts"

interface Scene {
  readonly nuapay: RunningSimulator
  readonly requests: () => number
  readonly workers: ReadonlyArray<Worker>
  readonly merchant: string
}

/** Milliseconds within which another takes over, on a busy machine, too. The lease was asked for twice as long. */
const patience = 8_000

/**
 * A process is stopped while it fetches, another takes over, and the first goes on: what it has fetched is in
 * nobody's way.
 */
export const standStill = async ({ merchant, nuapay, requests, workers }: Scene): Promise<void> => {
  const [holder, next, third] = workers
  assert.isDefined(holder)
  assert.isDefined(next)
  assert.isDefined(third)
  const before = requests()
  const match = { operation: "requestTokenForOrganisation" }
  nuapay.addFault({ kind: "latency", ms: 500, times: 1, match })
  const held = holder.tell({ do: "ask", merchant, callers: 1 })
  held.catch(() => undefined)
  // The simulator is another party, with a clock of its own.
  while (requests() === before) await sleep(5)
  holder.signal("SIGSTOP")
  const began = performance.now()
  const { asked } = await next.tell({ do: "ask", merchant, callers: 10 })
  assert.isBelow(performance.now() - began, patience)
  assert.strictEqual(requests() - before, 2)
  holder.signal("SIGCONT")
  await held
  for (const worker of [third, next]) {
    const again = await worker.tell({ do: "ask", merchant, callers: 1 })
    assert.deepStrictEqual(again.asked?.ids, asked?.ids)
  }
}
