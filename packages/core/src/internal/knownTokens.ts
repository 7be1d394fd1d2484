import type { AccessToken, TokenId } from "../AccessToken.ts"
import type { MonotonicMillis } from "../MonotonicClock.ts"
import type { OrganisationId } from "../Organisation.ts"
import type { TokenKey } from "../TokenKey.ts"
import { EndingMap } from "./endingMap.ts"
import { markOf } from "./textMark.ts"

/** A token that this process fetched. */
export interface FetchedHere {
  readonly key: TokenKey
  readonly id: TokenId
  /** For the path of its revocation; `undefined`: the caller itself. */
  readonly organisation: OrganisationId | undefined
  /** Monotonic milliseconds at which it arrived. */
  readonly at: number
  /** Monotonic milliseconds at which the upstream refuses it; `undefined`: not known. */
  readonly end: number | undefined
}

/**
 * Which token was seen for whom, and which were fetched by this process. An upstream that hands the same id or the
 * same text to two organisations has mixed them up; such a token is never used. Each is remembered at least until it
 * ends, unless there are too many: the oldest are forgotten first then.
 */
export interface KnownTokens {
  /**
   * Whether this token may be of that key's owner; remembers it if so.
   *
   * @param end monotonic milliseconds at which the upstream refuses it; `undefined`: not known
   */
  readonly admit: (key: TokenKey, token: AccessToken, end: number | undefined) => boolean
  /** Under which key a token was last seen. */
  readonly keyOf: (id: string) => TokenKey | undefined
  /** One that was admitted was fetched here: it is to be revoked at shutdown. */
  readonly addFetched: (token: FetchedHere) => void
  /** It was revoked. */
  readonly removeFetched: (id: string) => void
  /** All that had arrived by then were revoked. */
  readonly removeFetchedOf: (owner: string, by: number) => void
  /** Those fetched here that may still be alive, and how many have expired. */
  readonly takeFetched: () => {
    readonly alive: ReadonlyArray<FetchedHere>
    readonly expired: number
  }
}

interface Known {
  key: TokenKey
  fetched: FetchedHere | undefined
}

export const make = (now: MonotonicMillis, maximum: number): KnownTokens => {
  /** Of those fetched here and forgotten. */
  let expired = 0
  const hasEnded = ({ end }: FetchedHere) => end !== undefined && end <= now()
  const tokens = new EndingMap<string, Known>({
    now,
    maximum,
    onForget: ({ fetched }) => {
      if (fetched !== undefined && hasEnded(fetched)) expired++
    }
  })
  // The caller's own organisation is not known beforehand: the first answer tells, and no other is believed.
  const holders = new Map<string, string>()
  const owners = new EndingMap<number, string>({ now, maximum })
  return {
    admit: (key, token, end) => {
      const mark = markOf(token.reveal())
      const known = tokens.get(token.id)
      if (known !== undefined && known.key.owner !== key.owner) return false
      if ((owners.get(mark) ?? key.owner) !== key.owner) return false
      if ((holders.get(key.owner) ?? token.organisation) !== token.organisation) return false
      if (key.organisation === undefined) holders.set(key.owner, token.organisation)
      tokens.set(token.id, { key, fetched: known?.fetched }, end)
      owners.set(mark, key.owner, end)
      return true
    },
    keyOf: (id) => tokens.get(id)?.key,
    addFetched: (token) => {
      const known = tokens.get(token.id)
      if (known !== undefined) known.fetched = token
    },
    removeFetched: (id) => {
      const known = tokens.get(id)
      if (known !== undefined) known.fetched = undefined
    },
    removeFetchedOf: (owner, by) => {
      for (const known of tokens.values()) {
        if (known.key.owner === owner && (known.fetched?.at ?? by) <= by) known.fetched = undefined
      }
    },
    takeFetched: () => {
      const alive: Array<FetchedHere> = []
      for (const known of tokens.values()) {
        if (known.fetched === undefined) continue
        if (hasEnded(known.fetched)) expired++
        else alive.push(known.fetched)
        known.fetched = undefined
      }
      const report = { alive, expired }
      expired = 0
      return report
    }
  }
}
