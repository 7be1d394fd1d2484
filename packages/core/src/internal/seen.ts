import type { AccessToken } from "../AccessToken.ts"
import type { TokenKey } from "../TokenKey.ts"
import { BoundedMap } from "./boundedMap.ts"

/**
 * Which token was seen for whom. An upstream that hands the same id or the same text to two organisations
 * has mixed them up; such a token is never used. Bounded: the oldest are forgotten first.
 */
export interface Seen {
  /** Whether this token may be of that key's owner; remembers it if so. */
  readonly admit: (key: TokenKey, token: AccessToken) => boolean
  /** Under which key a token was last seen. */
  readonly keyOf: (id: string) => TokenKey | undefined
}

export const make = (maximum: number): Seen => {
  const keys = new BoundedMap<string, TokenKey>(maximum)
  // The caller's own organisation is not known beforehand: the first answer tells, and no other is believed.
  const holders = new Map<string, string>()
  const owners = new BoundedMap<number, string>(maximum)
  return {
    admit: (key, token) => {
      const mark = markOf(token.reveal())
      const known = keys.get(token.id)
      if (known !== undefined && known.owner !== key.owner) return false
      if ((owners.get(mark) ?? key.owner) !== key.owner) return false
      if ((holders.get(key.owner) ?? token.organisation) !== token.organisation) return false
      if (key.organisation === undefined) holders.set(key.owner, token.organisation)
      keys.set(token.id, key)
      owners.set(mark, key.owner)
      return true
    },
    keyOf: (id) => keys.get(id)
  }
}

/** Characters at either end of a text that tell it from others: a JWT ends with its signature. */
const telling = 64

/**
 * A number of 52 bits that stands for a text, from which the text cannot be had (FNV-1a, twice). Its ends and its
 * length decide: all seven kilobytes would cost more than everything else here.
 */
const markOf = (text: string): number => {
  let high = 0x811c9dc5 ^ text.length
  let low = 0x9747b28c
  const step = (at: number): void => {
    const code = text.charCodeAt(at)
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ code, 0x5bd1e995)
  }
  const middle = Math.max(text.length - telling, 0)
  for (let at = 0; at < Math.min(telling, middle); at++) step(at)
  for (let at = middle; at < text.length; at++) step(at)
  return (high >>> 0) * 2 ** 20 + (low >>> 12)
}
