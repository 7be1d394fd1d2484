/** Ten thousand merchants with ten-second tokens, each asked for twice a second. */
import { setTimeout } from "node:timers/promises"
import { heapUsed, printFigures, progress } from "./child.ts"
import {
  bareMap,
  fiberForEachKey,
  type Keeper,
  type Kept,
  mintedByHand,
  onbehalf
} from "./keepers.ts"
import { keysOf, merchants } from "./work.ts"

export interface RenewalFigures {
  readonly seconds: number
  readonly rows: ReadonlyArray<RenewalRow>
}

export interface RenewalRow {
  readonly name: string
  /** Fraction of one core. */
  readonly cpu: number
  /** Requests in a second. */
  readonly renewals: number
  /** Bytes of heap that it holds at the end, tokens and all. */
  readonly heap: number
  /** Bytes by which that grew while it was measured. */
  readonly growth: number
  /** Calls that found no valid token, and would have waited. */
  readonly missed: number
}

/** Milliseconds between two calls for the same merchant. */
const interval = 500

/** Milliseconds between two slices of the work. */
const tick = 10

/** Does a slice of the work at each tick. Seconds of CPU that it took. */
const paced = async (
  seconds: number,
  slice: (index: number, slices: number) => unknown
): Promise<number> => {
  const slices = (seconds * 1_000) / tick
  const before = process.cpuUsage()
  const began = performance.now()
  for (let index = 0; index < slices; index++) {
    await slice(index, slices)
    await setTimeout(Math.max(0, began + (index + 1) * tick - performance.now()))
  }
  const used = process.cpuUsage(before)
  return (used.user + used.system) / 1e6
}

/** Seconds for the first fetches: about as long as a token is used, so that renewals come evenly from then on. */
const spread = 7

const startAll = ({ start }: Kept): Promise<number> =>
  paced(spread, async (slice, slices) => {
    const end = Math.floor(((slice + 1) * merchants) / slices)
    for (let index = Math.floor((slice * merchants) / slices); index < end; index++) {
      await start(index)
    }
  })

/**
 * Asks for each merchant twice a second: from the latest moment at which a token is due to its limit it is one second,
 * and a call that came a moment late would meet neither.
 */
const demand = (seconds: number, ask: (index: number) => void): Promise<number> => {
  const share = (merchants * tick) / interval
  return paced(seconds, (slice) => {
    const first = (slice * share) % merchants
    for (let index = first; index < first + share; index++) ask(index)
  })
}

const measureKeeper = async (keeper: Keeper, seconds: number): Promise<RenewalRow> => {
  progress(`renewal, ${keeper.name}`)
  const keys = keysOf(merchants)
  const empty = await heapUsed()
  const kept = await keeper.open(keys)
  await startAll(kept)
  const full = await heapUsed()
  // Until all have been asked, and renewals are under way.
  await demand(interval / 1_000, kept.ask)
  const started = kept.requests()
  let missed = 0
  const cpu = await demand(seconds, (index) => {
    if (!kept.ask(index)) missed++
  })
  const renewals = (kept.requests() - started) / seconds
  const end = await heapUsed()
  await kept.close()
  return {
    name: keeper.name,
    cpu: cpu / seconds,
    renewals,
    heap: end - empty,
    growth: end - full,
    missed
  }
}

const measureRenewal = async (isQuick: boolean): Promise<RenewalFigures> => {
  const seconds = isQuick ? 8 : 30
  const rows: Array<RenewalRow> = []
  for (const keeper of [bareMap, mintedByHand, onbehalf, fiberForEachKey]) {
    rows.push(await measureKeeper(keeper, seconds))
  }
  return { seconds, rows }
}

if (import.meta.main) await printFigures(measureRenewal)
