import type { AccessToken } from "../AccessToken.ts"
import type { TokenKey } from "../TokenKey.ts"
import { remember } from "./boundedMap.ts"
import type { MonotonicMillis } from "./monotonic.ts"

/**
 * Which token was seen for whom. An upstream that hands the same id or the same text to two organisations
 * has mixed them up; such a token is never used. Bounded: the oldest are forgotten first.
 */
export interface Seen {
  /**
   * Whether this token may be of that key's owner; remembers it if so, its text no longer than it lives.
   *
   * @param end monotonic milliseconds; `undefined` where it is not known
   */
  readonly admit: (key: TokenKey, token: AccessToken, end: number | undefined) => boolean
  /** Under which key a token was last seen. */
  readonly keyOf: (id: string) => TokenKey | undefined
}

interface Owned {
  readonly owner: string
  readonly end: number
}

/** How long the text of a token of unknown life is remembered; milliseconds. */
const unknownLife = 60_000

export const make = (now: MonotonicMillis, maximum: number): Seen => {
  const keys = new Map<string, TokenKey>()
  // The caller's own organisation is not known beforehand: the first answer tells, and no other is believed.
  const holders = new Map<string, string>()
  // Never reachable from anything handed out: texts are secrets.
  const texts = new Map<string, Owned>()
  return {
    admit: (key, token, end = now() + unknownLife) => {
      const text = token.reveal()
      const knownKey = keys.get(token.id)
      const known = texts.get(text)
      if (knownKey !== undefined && knownKey.owner !== key.owner) return false
      if (known !== undefined && known.owner !== key.owner) return false
      if ((holders.get(key.owner) ?? token.organisation) !== token.organisation) return false
      if (key.organisation === undefined) holders.set(key.owner, token.organisation)
      remember(keys, token.id, key, maximum)
      // A known one keeps its place: behind others it would outlive its token.
      if (known === undefined) remember(texts, text, { owner: key.owner, end }, maximum)
      forgetDead(texts, now())
      return true
    },
    keyOf: (id) => keys.get(id)
  }
}

/** The oldest few, each time: so none is kept much longer than it lives, and nobody pays for all. */
const forgetDead = (texts: Map<string, Owned>, now: number): void => {
  let looked = 0
  for (const [text, { end }] of texts) {
    if (end > now || ++looked > 4) return
    texts.delete(text)
  }
}
