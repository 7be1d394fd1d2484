import type { AccessToken } from "../AccessToken.ts"
import type { TokenKey } from "../TokenKey.ts"
import { BoundedMap } from "./boundedMap.ts"
import { markOf } from "./textMark.ts"

/**
 * Which token was seen for whom. An upstream that hands the same id or the same text to two organisations has mixed
 * them up; such a token is never used. One that has ended is remembered as well: an old answer that comes again says
 * nothing of its age. Bounded: the oldest are forgotten first.
 */
export interface KnownTokens {
  /** Whether this token may be of that key's owner; remembers it if so. */
  readonly admit: (key: TokenKey, token: AccessToken) => boolean
  /** Under which key a token was last seen. */
  readonly keyOf: (id: string) => TokenKey | undefined
}

export const make = (maximum: number): KnownTokens => {
  const keys = new BoundedMap<string, TokenKey>(maximum)
  // The caller's own organisation is not known beforehand: the first answer tells, and no other is believed.
  const holders = new Map<string, string>()
  const owners = new BoundedMap<number, string>(maximum)
  return {
    admit: (key, token) => {
      const mark = markOf(token.reveal())
      if ((keys.get(token.id)?.owner ?? key.owner) !== key.owner) return false
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
