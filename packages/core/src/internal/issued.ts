import type { TokenId } from "../AccessToken.ts"
import type { MonotonicMillis } from "../MonotonicClock.ts"
import type { OrganisationId } from "../Organisation.ts"
import { BoundedMap } from "./boundedMap.ts"

/** A token that this process fetched. */
export interface IssuedHere {
  readonly id: TokenId
  readonly owner: string
  /** For the path of its revocation; `undefined`: the caller itself. */
  readonly organisation: OrganisationId | undefined
  /** Monotonic milliseconds at which the upstream refuses it; `undefined`: not known. */
  readonly end: number | undefined
}

/** What this process fetched and has not revoked, so that it can be revoked at shutdown. */
export interface Issued {
  readonly add: (token: IssuedHere) => void
  readonly remove: (id: string) => void
  readonly removeOwner: (owner: string) => void
  /** Those that may still be alive, and how many have expired. */
  readonly take: () => { readonly alive: ReadonlyArray<IssuedHere>; readonly expired: number }
}

/** Bounded: the oldest are forgotten first, and expire by themselves. */
export const make = (now: MonotonicMillis, maximum: number): Issued => {
  const tokens = new BoundedMap<string, IssuedHere>(maximum)
  return {
    add: (token) => {
      tokens.set(token.id, token)
    },
    remove: (id) => {
      tokens.delete(id)
    },
    removeOwner: (owner) => {
      for (const token of tokens.values()) if (token.owner === owner) tokens.delete(token.id)
    },
    take: () => {
      const all = [...tokens.values()]
      tokens.clear()
      const alive = all.filter((token) => token.end === undefined || token.end > now())
      return { alive, expired: all.length - alive.length }
    }
  }
}
