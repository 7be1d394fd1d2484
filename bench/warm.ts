import { do_not_optimize, measure } from "mitata"
import { interleave, median, type Sampler } from "./lab/interleave.ts"
import { atOnce, fillAll, keysOf, type Peer, sizes, stride } from "./peer.ts"
import { allPeers, peerNamed } from "./peers/index.ts"

/** Nanoseconds of one call, by contender and number of keys held, and how often that is its limit's time. */
export type WarmFigures = ReadonlyMap<string, ReadonlyMap<number, Timed>>

export interface Timed {
  readonly nanoseconds: number
  /** Against the same kind of bare look-up, measured in the same rounds. */
  readonly ratio: number
}

export const bareLookUp = "Map with expiry check"
export const awaitedLookUp = "Map with expiry check, awaited"

/** What is measured against the bare look-up; everything else gives a promise. */
const isSync = (name: string): boolean => name === bareLookUp || name.startsWith("onbehalf peek")

/** A fifth of a second a sample. No collection is forced: with so many tokens held it would be all there is. */
const options = { min_cpu_time: 2e8, gc: false } as const

/**
 * mitata measures: it times batches of 4 096 calls, so that nanoseconds are not lost in the clock, awaits what
 * is a promise and nothing else, and gives its percentiles as numbers (tinybench times call by call).
 */
export const warmSampler: Sampler = async ({ contender, size }) => {
  const peer = await peerNamed(contender)
  const opened = await peer.open(keysOf(size), atOnce)
  await fillAll(opened, size)
  const { get } = opened
  const first = get(0)
  if ((await first) === undefined) throw new Error("it holds nothing")
  let index = 0
  const next = () => (index = (index + stride) % size)
  const call =
    first instanceof Promise ? () => get(next()) : () => do_not_optimize(get(next()))
  // Compiled code and settled caches first.
  await measure(call, { ...options })
  return async () => ({ nanoseconds: (await measure(call, { ...options })).p50 })
}

/** Processes that hold 100 000 tokens at a time; each takes a gigabyte. */
const together = 5

export const measureWarm = async (
  rounds: number,
  upTo: number,
  say: (what: string) => void
): Promise<WarmFigures> => {
  const figures = new Map<string, Map<number, Timed>>()
  const peers = await allPeers()
  const limits = peers.filter(({ name }) => name === bareLookUp || name === awaitedLookUp)
  for (const size of sizes.filter((one) => one <= upTo)) {
    const others = peers.filter(
      (peer) => !limits.includes(peer) && size <= (peer.largest ?? Infinity)
    )
    const groups = size > 10_000 ? chunks(others, together) : [others]
    const seenLimits = new Map<string, Array<number>>()
    for (const group of groups) {
      const contenders = [...limits, ...group]
      say(`warm, ${size} held: ${group.map(({ name }) => name).join(", ")}`)
      const measured = await interleave(
        contenders.map(({ name }) => ({ bench: "warm", contender: name, size })),
        rounds
      )
      const times = new Map(
        contenders.map(({ name }, at) => [name, measured[at]?.["nanoseconds"] ?? Number.NaN])
      )
      for (const [name, nanoseconds] of times) {
        const limit = times.get(isSync(name) ? bareLookUp : awaitedLookUp) ?? Number.NaN
        put(figures, name, size, { nanoseconds, ratio: nanoseconds / limit })
      }
      for (const { name } of limits) {
        seenLimits.set(name, [...(seenLimits.get(name) ?? []), times.get(name) ?? Number.NaN])
      }
    }
    // The limits ran with each group.
    for (const [name, seen] of seenLimits) {
      put(figures, name, size, { nanoseconds: median(seen), ratio: 1 })
    }
  }
  return figures
}

const put = (
  figures: Map<string, Map<number, Timed>>,
  name: string,
  size: number,
  timed: Timed
): void => {
  const own = figures.get(name) ?? new Map<number, Timed>()
  figures.set(name, own.set(size, timed))
}

const chunks = (peers: ReadonlyArray<Peer>, size: number): ReadonlyArray<ReadonlyArray<Peer>> =>
  Array.from({ length: Math.ceil(peers.length / size) }, (_, at) =>
    peers.slice(at * size, (at + 1) * size)
  )
