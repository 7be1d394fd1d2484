import { tokenFor } from "./peer.ts"
import { onbehalfPeek } from "./peers/onbehalf.ts"
import { keysOf } from "./warm.ts"

/** Bytes of heap for one held token. */
export interface MemoryFigures {
  readonly tokenBytes: number
  readonly perToken: number
}

const held = 20_000

const heap = (): number => {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc")
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

export const measureMemory = async (): Promise<MemoryFigures> => {
  const keys = keysOf(held)
  // The texts themselves are ours twice: here, and as they came out of the answer.
  for (const key of keys) tokenFor(key)
  const before = heap()
  const get = await onbehalfPeek.prepare(keys)
  const perToken = (heap() - before) / held
  // Alive until here.
  get(0)
  return { tokenBytes: tokenFor(keys[0] ?? "").length, perToken }
}
