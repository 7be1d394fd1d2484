import { do_not_optimize, measure } from "mitata"
import type { Peer } from "./peer.ts"
import { peers } from "./peers/index.ts"

/** Median nanoseconds of one call, by contender and number of keys held. */
export type WarmFigures = ReadonlyMap<string, ReadonlyMap<number, number>>

export const sizes = [1, 1_000, 100_000] as const

/** A prime, so that all keys come up, in an order that no cache guesses. */
const stride = 7_919

export const keysOf = (size: number): ReadonlyArray<string> =>
  Array.from({ length: size }, (_, index) => `merchant-${index.toString(36).padStart(8, "0")}`)

/** One contender after the other, several rounds, so that a noisy moment hits them all; medians of medians. */
export const measureWarm = async (rounds: number): Promise<WarmFigures> => {
  const figures = new Map<string, Map<number, number>>()
  for (const size of sizes) {
    const keys = keysOf(size)
    const contenders = peers.filter((peer) => peer.largest >= size)
    const ready: Array<readonly [Peer, (index: number) => unknown]> = []
    for (const peer of contenders) ready.push([peer, await peer.prepare(keys)])
    const seen = new Map<string, Array<number>>()
    for (let round = 0; round < rounds; round++) {
      for (const [peer, get] of ready) {
        const own = seen.get(peer.name) ?? []
        seen.set(peer.name, [...own, await medianOf(get, size)])
      }
    }
    for (const [name, medians] of seen) {
      const own = figures.get(name) ?? new Map<number, number>()
      figures.set(name, own.set(size, middle(medians)))
    }
  }
  return figures
}

/** A fifth of a second each; no collection is forced, with gigabytes of tokens held it would be all there is. */
const options = { min_cpu_time: 2e8, gc: false }

const medianOf = async (get: (index: number) => unknown, size: number): Promise<number> => {
  let index = 0
  const next = () => (index = (index + stride) % size)
  const isAsync = get(0) instanceof Promise
  const stats = isAsync
    ? await measure(async () => do_not_optimize(await get(next())), options)
    : await measure(() => do_not_optimize(get(next())), options)
  return stats.p50
}

export const middle = (values: ReadonlyArray<number>): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
