import type { MonotonicMillis } from "../MonotonicClock.ts"
import type { StoredToken } from "../TokenStore.ts"
import { BoundedMap } from "./boundedMap.ts"

/**
 * What this process has revoked or found refused. The store was told, too; but where it could not be reached
 * it still holds the token, and must not give it back to us later.
 */
export interface Tombstones {
  readonly buryOwner: (owner: string) => void
  readonly buryToken: (id: string) => void
  readonly isBuried: (stored: StoredToken) => boolean
  /** By its own id, whatever became of its owner. */
  readonly isTokenBuried: (id: string) => boolean
  /** How many burials there were. */
  readonly count: () => number
}

/** Bounded: the oldest are forgotten first. */
export const make = (now: MonotonicMillis, maximum: number): Tombstones => {
  const owners = new BoundedMap<string, number>(maximum)
  const tokens = new BoundedMap<string, number>(maximum)
  let count = 0
  const bury = (graves: Map<string, number>, name: string): void => {
    count++
    graves.set(name, now())
  }
  const isTokenBuried = (id: string) => tokens.size > 0 && tokens.has(id)
  return {
    isTokenBuried,
    buryOwner: (owner) => bury(owners, owner),
    buryToken: (id) => bury(tokens, id),
    count: () => count,
    isBuried: ({ key, lifetime, token }) => {
      if (isTokenBuried(token.id)) return true
      if (owners.size === 0) return false
      const buried = owners.get(key.owner)
      return buried !== undefined && lifetime.issued <= buried
    }
  }
}
