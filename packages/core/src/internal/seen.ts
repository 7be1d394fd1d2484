import * as Redacted from "effect/Redacted"
import type { AccessToken } from "../AccessToken.ts"
import type { TokenKey } from "../TokenKey.ts"

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
  const keys = new Map<string, TokenKey>()
  // Never reachable from anything handed out: texts are secrets.
  const owners = new Map<string, string>()
  return {
    admit: (key, token) => {
      const text = Redacted.value(token.value)
      const knownKey = keys.get(token.id)
      const knownOwner = owners.get(text)
      if (knownKey !== undefined && knownKey.owner !== key.owner) return false
      if (knownOwner !== undefined && knownOwner !== key.owner) return false
      remember(keys, token.id, key, maximum)
      remember(owners, text, key.owner, maximum)
      return true
    },
    keyOf: (id) => keys.get(id)
  }
}

const remember = <A>(map: Map<string, A>, name: string, value: A, maximum: number): void => {
  map.delete(name)
  map.set(name, value)
  if (map.size <= maximum) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}
