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
  const owners = new BoundedMap<string, string>(maximum)
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

/**
 * What tells one text from another, without keeping the secret: its length and its ends. A JWT ends with its
 * signature. Seven kilobytes would cost more to compare and to keep than everything else here.
 */
const markOf = (text: string): string => `${text.length} ${text.slice(0, 64)}${text.slice(-64)}`
