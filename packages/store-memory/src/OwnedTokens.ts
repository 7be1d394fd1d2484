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
  const byOwner = new Map<string, Set<string>>()
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
      const texts = [...(byOwner.get(owner) ?? [])]
      for (const text of texts) tokens.delete(text)
      return texts.length
    },
    values: () => tokens.values(),
    epoch: () => epoch
  }
}

const remember = (byOwner: Map<string, Set<string>>, { key }: StoredToken): void => {
  const texts = byOwner.get(key.owner)
  if (texts === undefined) byOwner.set(key.owner, new Set([key.text]))
  else texts.add(key.text)
}

const forget = (byOwner: Map<string, Set<string>>, { key }: StoredToken): void => {
  const texts = byOwner.get(key.owner)
  if (texts === undefined) return
  texts.delete(key.text)
  if (texts.size === 0) byOwner.delete(key.owner)
}
