import type { StoredToken } from "@onbehalf/core/TokenStore"
import { LRUCache } from "lru-cache"

/** Tokens by key, bounded, with an index by owner. */
export interface OwnedTokens {
  readonly peek: (text: string) => StoredToken | undefined
  /** Counts as use. */
  readonly get: (text: string) => StoredToken | undefined
  readonly set: (stored: StoredToken) => void
  readonly delete: (text: string) => void
  /** How many there were. */
  readonly deleteOwner: (owner: string) => number
  readonly values: () => Iterable<StoredToken>
  /** Grows whenever a token went or was replaced. */
  readonly epoch: () => number
}

export const make = (maximum: number): OwnedTokens => {
  const byOwner: Index = new Map()
  let epoch = 0
  const tokens = new LRUCache<string, StoredToken>({
    max: maximum,
    dispose: (stored) => {
      epoch++
      forget(byOwner, stored)
    }
  })
  return {
    peek: (text) => tokens.peek(text),
    get: (text) => tokens.get(text),
    set: (stored) => {
      tokens.set(stored.key.text, stored)
      remember(byOwner, stored)
    },
    delete: (text) => {
      tokens.delete(text)
    },
    deleteOwner: (owner) => {
      const texts = textsOf(byOwner, owner)
      for (const text of texts) tokens.delete(text)
      return texts.length
    },
    values: () => tokens.values(),
    epoch: () => epoch
  }
}

/** Most owners have one token: its key alone, then. */
type Index = Map<string, string | Set<string>>

const remember = (index: Index, { key }: StoredToken): void => {
  const known = index.get(key.owner)
  if (known === undefined) index.set(key.owner, key.text)
  else if (typeof known === "string") index.set(key.owner, new Set([known, key.text]))
  else known.add(key.text)
}

const forget = (index: Index, { key }: StoredToken): void => {
  const known = index.get(key.owner)
  if (known === key.text) index.delete(key.owner)
  if (typeof known !== "object") return
  known.delete(key.text)
  if (known.size === 0) index.delete(key.owner)
}

const textsOf = (index: Index, owner: string): ReadonlyArray<string> => {
  const known = index.get(owner)
  if (known === undefined) return []
  return typeof known === "string" ? [known] : [...known]
}
