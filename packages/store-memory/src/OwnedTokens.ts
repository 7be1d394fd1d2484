import type { StoredToken } from "@onbehalf/core/TokenStore"
import * as Ends from "./Ends.ts"
import { oldestOf } from "./oldest.ts"
import * as OwnerIndex from "./OwnerIndex.ts"

/** Tokens by key, bounded, with an index by owner and one by end. */
export interface OwnedTokens {
  /** One look into a Map: no clock, no allocation. What it gives may have ended. */
  readonly peek: (text: string) => StoredToken | undefined
  readonly set: (stored: StoredToken) => void
  readonly delete: (text: string) => void
  /** How many there were. */
  readonly deleteOwner: (owner: string) => number
  /** Lets go of what ended a second ago or longer; cheap enough for every operation. */
  readonly sweep: (now: number) => void
  readonly values: () => Iterable<StoredToken>
  /** Grows whenever a token went or was replaced. */
  readonly epoch: () => number
}

export interface Limits {
  readonly maximumTokens: number
  readonly maximumBytes: number
}

export const make = ({ maximumBytes, maximumTokens }: Limits): OwnedTokens => {
  const tokens = new Map<string, StoredToken>()
  const oldest = oldestOf(tokens)
  const byOwner = OwnerIndex.make()
  const ends = Ends.make()
  let bytes = 0
  let epoch = 0

  const add = (stored: StoredToken): void => {
    const { key, lifetime } = stored
    tokens.set(key.text, stored)
    byOwner.add(key)
    ends.add(key.text, lifetime.end)
    bytes += bytesOf(stored)
  }

  const remove = (text: string): void => {
    const stored = tokens.get(text)
    if (stored === undefined) return
    tokens.delete(text)
    byOwner.remove(stored.key)
    ends.remove(text, stored.lifetime.end)
    bytes -= bytesOf(stored)
    epoch++
  }

  return {
    peek: (text) => tokens.get(text),
    set: (stored) => {
      remove(stored.key.text)
      add(stored)
      while (tokens.size > maximumTokens || bytes > maximumBytes) remove(oldest()?.[0] ?? "")
    },
    delete: remove,
    deleteOwner: (owner) => {
      const texts = byOwner.textsOf(owner)
      for (const text of texts) remove(text)
      return texts.length
    },
    sweep: (now) => {
      for (const text of ends.over(now)) remove(text)
    },
    values: () => tokens.values(),
    epoch: () => epoch
  }
}

/** What the objects around a token's texts take, measured. */
const overhead = 700

/** About how many bytes of memory a token takes. */
export const bytesOf = ({ key, token }: StoredToken): number => {
  let letters = key.text.length + key.owner.length + token.id.length + token.reveal().length
  for (const scope of token.scopes) letters += scope.length
  return overhead + letters
}
