import type { TokenId } from "../AccessToken.ts"
import type { MonotonicMillis } from "../MonotonicClock.ts"
import type { OrganisationId } from "../Organisation.ts"
import type { TokenKey } from "../TokenKey.ts"
import { EndingMap } from "./endingMap.ts"

/** A token that this process fetched. */
export interface FetchedToken {
  readonly key: TokenKey
  readonly id: TokenId
  /** For the path of its revocation; `undefined`: the caller itself. */
  readonly organisation: OrganisationId | undefined
  /** Monotonic milliseconds at which it arrived. */
  readonly at: number
  /** Monotonic milliseconds at which the upstream refuses it; `undefined`: not known. */
  readonly end: number | undefined
}

/** Those that this process fetched and that may still be alive: they are to be revoked at shutdown. */
export interface FetchedTokens {
  readonly add: (token: FetchedToken) => void
  /** It was revoked. */
  readonly remove: (id: string) => void
  /** All that had arrived by then were revoked. */
  readonly removeOf: (owner: string, by: number) => void
  /** Those that may still be alive, and how many have expired since the last time. */
  readonly take: () => {
    readonly alive: ReadonlyArray<FetchedToken>
    readonly expired: number
  }
}

/** Bounded: the oldest are forgotten first. */
export const make = (now: MonotonicMillis, maximum: number): FetchedTokens => {
  let expired = 0
  const hasEnded = ({ end }: FetchedToken) => end !== undefined && end <= now()
  const tokens = new EndingMap<string, FetchedToken>({
    now,
    maximum,
    onForget: (token) => {
      if (hasEnded(token)) expired++
    }
  })
  return {
    add: (token) => tokens.set(token.id, token, token.end),
    remove: (id) => tokens.delete(id),
    removeOf: (owner, by) => {
      for (const { at, id, key } of tokens.values()) {
        if (key.owner === owner && at <= by) tokens.delete(id)
      }
    },
    take: () => {
      const all = [...tokens.values()]
      const alive = all.filter((token) => !hasEnded(token))
      for (const { id } of all) tokens.delete(id)
      const report = { alive, expired: expired + all.length - alive.length }
      expired = 0
      return report
    }
  }
}
