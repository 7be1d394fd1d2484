/** Ten thousand callers at once on a key that is not held. */
import { collect, printFigures, progress } from "./child.ts"
import { type Label, label, type Peer } from "./peer.ts"
import { sharedPromise } from "./peers/limits.ts"
import { lruCacheFetchExact } from "./peers/lruCache.ts"
import { others } from "./peers/index.ts"
import { onbehalfToken } from "./peers/onbehalf.ts"
import { simpleOAuth2 } from "./peers/simpleOAuth2.ts"
import { away } from "./upstream.ts"
import { callers, distances, median } from "./work.ts"

export interface StampedeRow extends Label {
  /** For each of `distances`. */
  readonly runs: ReadonlyArray<StampedeRun>
}

export interface StampedeRun {
  /** Median milliseconds until all had their token. */
  readonly milliseconds: number
  /** The most there were in a round. */
  readonly requests: number
}

/** Those that fetch by themselves; the limit first. */
const contenders: ReadonlyArray<Peer> = [
  sharedPromise,
  onbehalfToken,
  ...others.filter((peer) => peer !== simpleOAuth2 && peer !== lruCacheFetchExact)
]

const travel = (distance: number) => (): Promise<void> =>
  distance === 0
    ? Promise.resolve()
    : new Promise((resolve) => {
        setTimeout(resolve, distance)
      })

/** Each time with a broker, a cache or a client that has just been made. */
const stampede = async (peer: Peer, distance: number): Promise<StampedeRun> => {
  let requests = 0
  const upstream = away(travel(distance), () => requests++)
  const { close, get } = await peer.open(["merchant"], upstream)
  collect()
  const began = performance.now()
  await Promise.all(Array.from({ length: callers }, () => get("merchant", 0)))
  const milliseconds = performance.now() - began
  await close?.()
  return { milliseconds, requests }
}

/** A contender who has taken this long, in milliseconds, has shown enough. */
const enough = 3_000

const measureDistance = async (
  distance: number,
  rounds: number
): Promise<ReadonlyArray<StampedeRun>> => {
  progress(`stampede, the upstream ${distance} ms away`)
  const seen = contenders.map((): Array<StampedeRun> => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, peer] of contenders.entries()) {
      const runs = seen[index] ?? []
      const spent = runs.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
      if (spent < enough) runs.push(await stampede(peer, distance))
    }
  }
  return seen.map((runs) => ({
    milliseconds: median(runs.map(({ milliseconds }) => milliseconds)),
    requests: Math.max(...runs.map(({ requests }) => requests))
  }))
}

const measureStampede = async (isQuick: boolean): Promise<ReadonlyArray<StampedeRow>> => {
  // Compiled and loaded, before it counts.
  for (const peer of contenders) await stampede(peer, 0)
  const byDistance: Array<ReadonlyArray<StampedeRun>> = []
  for (const distance of distances)
    byDistance.push(await measureDistance(distance, isQuick ? 3 : 15))
  return contenders.map((peer, index) => ({
    ...label(peer),
    runs: byDistance.flatMap((runs) => runs[index] ?? [])
  }))
}

if (import.meta.main) await printFigures(measureStampede)
