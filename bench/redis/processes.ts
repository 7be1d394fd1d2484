import { setTimeout as sleep } from "node:timers/promises"
import { keysOf, life, median } from "../work.ts"
import { type Worker, soon, withWorkers } from "./workers.ts"

/** Milliseconds to the upstream and back. */
export const distance = 50
export const stampeding = 8
export const callersEach = 500
export const reached = 4

/** Rounds until the processes are as quick as those that have served for a while. */
const compiling = 20

export interface StampedeFigures {
  /** Median milliseconds until all callers of all processes had their token. */
  readonly lock: number
  readonly broker: number
  /** The most there were in a round. */
  readonly requests: number
}

export interface ReachFigures {
  readonly median: number
  readonly p99: number
}

let merchants = 0

const stampede = async (workers: ReadonlyArray<Worker>, by: "broker" | "lock") => {
  const [at, merchant] = [soon(), `stampede-${merchants++}`]
  const results = await Promise.all(
    workers.map((worker) => worker.tell({ do: "ask", by, merchant, callers: callersEach, at }))
  )
  return {
    milliseconds: Math.max(...results.map(({ ended }) => ended ?? Number.NaN)) - at,
    requests: results.reduce((sum, { requests }) => sum + (requests ?? Number.NaN), 0)
  }
}

export const measureStampede = (redis: string, rounds: number): Promise<StampedeFigures> =>
  withWorkers(stampeding, { redis, upstream: distance, life }, async (workers) => {
    const seen = { lock: [] as Array<number>, broker: [] as Array<number>, requests: 0 }
    for (let round = -compiling; round < rounds; round++) {
      const [lock, broker] = [await stampede(workers, "lock"), await stampede(workers, "broker")]
      seen.requests = Math.max(seen.requests, broker.requests)
      if (round < 0) continue
      seen.lock.push(lock.milliseconds)
      seen.broker.push(broker.milliseconds)
    }
    return { lock: median(seen.lock), broker: median(seen.broker), requests: seen.requests }
  })

/** For how long others hand a token out after its revocation returned in one process. */
export const measureReach = (redis: string, count: number): Promise<ReachFigures> =>
  withWorkers(reached, { redis, upstream: 0, life }, async (workers) => {
    const [first, ...others] = workers
    if (first === undefined) throw new Error("no worker")
    const keys = keysOf(count)
    await first.tell({ do: "watch", merchants: keys })
    for (const other of others) await other.tell({ do: "watch", merchants: keys })
    const revoked: Array<number> = []
    for (const merchant of keys) {
      revoked.push((await first.tell({ do: "revoke", merchant })).ended ?? Number.NaN)
    }
    await sleep(1_500)
    const reports = await Promise.all(others.map((other) => other.tell({ do: "report" })))
    const lags = reports.flatMap(({ lastSeen = {} }) =>
      keys.map((key, index) => Math.max(0, (lastSeen[key] ?? 0) - (revoked[index] ?? 0)))
    )
    const sorted = lags.toSorted((one, other) => one - other)
    return {
      median: median(lags),
      p99: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN
    }
  })
