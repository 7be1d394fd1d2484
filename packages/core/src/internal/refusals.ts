import type { MonotonicMillis } from "../MonotonicClock.ts"
import type { TokenError } from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import { BoundedMap } from "./boundedMap.ts"

/**
 * What was just refused to one organisation, so that the same is not asked again at once. A 404 is of the
 * organisation; a 403 of this very grant, because another scope may be permitted.
 */
export interface Refusals {
  readonly find: (key: TokenKey) => TokenError | undefined
  readonly remember: (key: TokenKey, error: TokenError) => void
  readonly forget: (key: TokenKey) => void
  /** Milliseconds for which it is remembered; 0: it is not. */
  readonly rememberedFor: (key: TokenKey) => number
}

interface Refusal {
  readonly error: TokenError
  readonly until: number
}

/** Milliseconds: long enough for a burst, short enough to mend. */
const memory = 5_000

/** Bounded: the oldest are forgotten first. */
export const make = (now: MonotonicMillis, maximum: number): Refusals => {
  const refusals = new BoundedMap<string, Refusal>(maximum)
  const alive = (name: string): Refusal | undefined => {
    const refusal = refusals.get(name)
    if (refusal === undefined || refusal.until > now()) return refusal
    refusals.delete(name)
    return undefined
  }
  const find = (key: TokenKey) => alive(key.text) ?? alive(key.owner)
  return {
    find: (key) => find(key)?.error,
    remember: (key, error) => {
      const name = error.reason._tag === "OrganisationUnknown" ? key.owner : key.text
      refusals.set(name, { error, until: now() + memory })
    },
    forget: (key) => {
      refusals.delete(key.text)
      refusals.delete(key.owner)
    },
    rememberedFor: (key) => Math.max(0, (find(key)?.until ?? 0) - now())
  }
}
