/** Tokens shared through a real Redis: reads, round trips, a stampede of processes, how far a revocation reaches. */
import { startRedis } from "../packages/store-redis/test/support/redisServer.ts"
import { printFigures, progress } from "./child.ts"
import { type Label, label } from "./peer.ts"
import { type FleetFigures, fleetLoads, measureFleet } from "./redis/fleet.ts"
import { redisReaders } from "./redis/index.ts"
import {
  measureReach,
  measureStampede,
  type ReachFigures,
  type StampedeFigures
} from "./redis/processes.ts"
import type { OpenReader } from "./redis/reader.ts"
import { measureTrips, type Trips } from "./redis/trips.ts"
import { keysOf, median, walk } from "./work.ts"

/** Characters of a token. */
export const lengths = [40, 7_000] as const

/** Reads under way at any time. */
export const atOnce = 100

const keys = keysOf(1_000)

export interface RedisFigures {
  readonly readers: ReadonlyArray<ReaderRow>
  readonly trips: Trips
  readonly stampede: StampedeFigures
  readonly reach: ReachFigures
  /** For each of `fleetLoads`. */
  readonly fleets: ReadonlyArray<FleetFigures>
}

export interface ReaderRow extends Label {
  /** Median reads a second for each of `lengths`. */
  readonly rates: ReadonlyArray<number>
}

/** Reads a second. */
const race = async ({ get }: OpenReader, reads: number): Promise<number> => {
  const next = walk(keys.length)
  let left = reads
  const reader = async () => {
    while (left-- > 0) await get(keys[next()] ?? "")
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: atOnce }, reader))
  return (reads / (performance.now() - began)) * 1_000
}

const measureLength = async (
  url: string,
  length: number,
  isQuick: boolean
): Promise<ReadonlyArray<number>> => {
  progress(`redis, tokens of ${length} characters`)
  const text = "x".repeat(length)
  const open: Array<OpenReader> = []
  for (const reader of redisReaders) open.push(await reader.open(url))
  for (const reader of open) await Promise.all(keys.map((key) => reader.put(key, text)))
  const rates = open.map((): Array<number> => [])
  for (let round = 0; round <= (isQuick ? 2 : 9); round++) {
    for (const [index, reader] of open.entries()) {
      const rate = await race(reader, isQuick ? 4_000 : 20_000)
      // The first round compiles.
      if (round > 0) rates[index]?.push(rate)
    }
  }
  for (const reader of open) await reader.close()
  return rates.map(median)
}

const measureReaders = async (url: string, isQuick: boolean) => {
  const byLength: Array<ReadonlyArray<number>> = []
  for (const length of lengths) byLength.push(await measureLength(url, length, isQuick))
  return redisReaders.map((reader, index): ReaderRow => ({
    ...label(reader),
    rates: byLength.map((rates) => rates[index] ?? Number.NaN)
  }))
}

const measureRedis = async (isQuick: boolean): Promise<RedisFigures> => {
  const redis = await startRedis()
  const { url } = redis
  const readers = await measureReaders(url, isQuick)
  progress("redis, round trips")
  const trips = await measureTrips(url)
  progress("redis, a stampede of processes")
  const stampede = await measureStampede(url, isQuick ? 3 : 15)
  progress("redis, the reach of a revocation")
  const reach = await measureReach(url, isQuick ? 50 : 200)
  progress("redis, merchants kept alive from several processes")
  const fleets: Array<FleetFigures> = []
  for (const load of fleetLoads) fleets.push(await measureFleet(url, load, isQuick ? 10 : 60))
  await redis.stop()
  return { readers, trips, stampede, reach, fleets }
}

if (import.meta.main) await printFigures(measureRedis)
