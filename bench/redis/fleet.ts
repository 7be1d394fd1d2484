import { keysOf, merchants } from "../work.ts"
import { soon, withWorkers } from "./workers.ts"

export const fleetSize = 4

/** Merchants that it keeps alive: half, and all of them. */
export const fleetLoads = [merchants / 2, merchants] as const

/** Milliseconds that a token lives, and in which part of that it is renewed, on average (`Lifetime`). */
const life = 10_000
const renewedAt = 0.725

/** Seconds in which merchants come, so that renewals come evenly from then on and the code is compiled; and until it counts. */
const growing = 30
const warmUp = 10

export interface FleetFigures {
  readonly merchants: number
  readonly seconds: number
  readonly requests: number
  /** As many as there must be: one for each merchant, whenever its renewal is due. */
  readonly fewest: number
  /** Calls that found nothing valid at hand. */
  readonly waited: number
  readonly refused: number
  readonly calls: number
  /** Parts of one core, for each process. */
  readonly cpu: number
  readonly heapUsed: number
  readonly rss: number
}

export const measureFleet = (
  redis: string,
  merchants: number,
  seconds: number
): Promise<FleetFigures> =>
  withWorkers(fleetSize, { redis, upstream: 20, life }, async (workers) => {
    const keys = keysOf(merchants)
    const task = { do: "keep", merchants: keys, at: soon(), growing, warmUp, seconds } as const
    // Callers of one process know nothing of those of another.
    const results = await Promise.all(
      workers.map((worker, index) => worker.tell({ ...task, phase: index / fleetSize }))
    )
    const sum = (of: (result: (typeof results)[number]) => number | undefined) =>
      results.reduce((total, result) => total + (of(result) ?? Number.NaN), 0)
    return {
      merchants,
      seconds,
      requests: sum(({ requests }) => requests),
      fewest: (merchants * seconds * 1_000) / (life * renewedAt),
      waited: sum(({ waited }) => waited),
      refused: sum(({ refused }) => refused),
      calls: merchants * seconds * fleetSize,
      cpu: sum(({ cpu }) => cpu) / fleetSize,
      heapUsed: sum(({ heapUsed }) => heapUsed) / fleetSize,
      rss: sum(({ rss }) => rss) / fleetSize
    }
  })
