/** A valid token for a key, by numbers of tokens held. */
import { measure } from "mitata"
import { freshCaller } from "./fresh.ts"
import { printFigures, progress } from "./child.ts"
import { hold, label, type Peer } from "./peer.ts"
import { givingPromises, givingValues } from "./peers/index.ts"
import type { SizedRow } from "./reports/rows.ts"
import { nearby } from "./upstream.ts"
import { keysOf, median, sizes, walk } from "./work.ts"

export interface WarmFigures {
  readonly values: ReadonlyArray<SizedRow>
  readonly promises: ReadonlyArray<SizedRow>
}

/** A tenth of a second each; no collection is forced, with gigabytes of tokens held it would be all there is. */
const options = { min_cpu_time: 1e8, gc: false }

/** The harness awaits what is a promise: once for each call, and the same way for all. */
const time = async (next: () => unknown): Promise<number> => (await measure(next, options)).p50

interface Contender {
  readonly peer: Peer
  readonly next: () => unknown
  readonly medians: Array<number>
}

const contendersFor = async (keys: ReadonlyArray<string>): Promise<ReadonlyArray<Contender>> => {
  const contenders: Array<Contender> = []
  for (const peer of [...givingValues, ...givingPromises]) {
    if (peer.largest < keys.length) continue
    const { get } = await hold(peer, keys, nearby)
    const caller = await freshCaller()
    contenders.push({ peer, next: caller(get, keys, walk(keys.length)), medians: [] })
  }
  return contenders
}

/** One contender after the other, several rounds, so that a noisy moment hits them all; medians of medians. */
const measureSize = async (size: number, rounds: number): Promise<ReadonlyMap<string, number>> => {
  progress(`warm, ${size} held`)
  const contenders = await contendersFor(keysOf(size))
  // Compiled and loaded, before it counts.
  for (const { next } of contenders) await time(next)
  for (let round = 0; round < rounds; round++) {
    for (const { medians, next } of contenders) medians.push(await time(next))
  }
  return new Map(contenders.map(({ medians, peer }) => [peer.name, median(medians)]))
}

const measureWarm = async (isQuick: boolean): Promise<WarmFigures> => {
  const bySize: Array<ReadonlyMap<string, number>> = []
  for (const size of sizes) bySize.push(await measureSize(size, isQuick ? 3 : 9))
  const row = (peer: Peer): SizedRow => ({
    ...label(peer),
    nanoseconds: bySize.map((figures) => figures.get(peer.name) ?? null)
  })
  return { values: givingValues.map(row), promises: givingPromises.map(row) }
}

if (import.meta.main) await printFigures(measureWarm)
