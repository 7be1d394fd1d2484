/** Bytes of heap for one held token. */
import { heapUsed, printFigures, progress } from "./child.ts"
import { hold, type Label, label, type Peer } from "./peer.ts"
import { mapLookUp, sharedPromise } from "./peers/limits.ts"
import { lruCacheFetchExact } from "./peers/lruCache.ts"
import { others } from "./peers/index.ts"
import { onbehalfToken } from "./peers/onbehalf.ts"
import { away } from "./upstream.ts"
import { keysOf, tokenFor } from "./work.ts"

export interface MemoryFigures {
  /** Bytes of a token's text. */
  readonly text: number
  readonly rows: ReadonlyArray<MemoryRow>
}

export interface MemoryRow extends Label {
  readonly held: number
  readonly bytes: number
}

/** The limit first. */
const contenders: ReadonlyArray<Peer> = [
  mapLookUp,
  onbehalfToken,
  sharedPromise,
  ...others.filter((peer) => peer !== lruCacheFetchExact)
]

const upstream = away(() => Promise.resolve())

/** With whatever it needs to find a token by its key. Each holds a text of its own. */
const measurePeer = async (peer: Peer, most: number): Promise<MemoryRow> => {
  progress(`memory, ${peer.name}`)
  // Compiled and loaded, before it counts.
  await (await hold(peer, keysOf(100), upstream)).close?.()
  const keys = keysOf(Math.min(most, peer.largest))
  for (const key of keys) tokenFor(key)
  const before = await heapUsed()
  const { close, get } = await hold(peer, keys, upstream)
  const bytes = ((await heapUsed()) - before) / keys.length
  // Alive until here.
  await get(keys[0] ?? "", 0)
  await close?.()
  return { ...label(peer), held: keys.length, bytes }
}

const measureMemory = async (isQuick: boolean): Promise<MemoryFigures> => {
  const rows: Array<MemoryRow> = []
  for (const peer of contenders) rows.push(await measurePeer(peer, isQuick ? 10_000 : 20_000))
  return { text: tokenFor(keysOf(1)[0] ?? "").length, rows }
}

if (import.meta.main) await printFigures(measureMemory)
