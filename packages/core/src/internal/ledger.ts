import type { MonotonicMillis } from "../MonotonicClock.ts"
import type { TokenError } from "../TokenError.ts"
import { BoundedMap } from "./boundedMap.ts"

/** What happened to a key lately, for `explain` and for the pause after a failed renewal. */
export interface KeyRecord {
  readonly failures: number
  /** Monotonic milliseconds before which no renewal is tried. */
  readonly renewNotBefore: number
  readonly lastError: TokenError | undefined
  /** Monotonic milliseconds. */
  readonly lastErrorAt: number
  readonly answersLost: number
}

export interface Ledger {
  readonly record: (key: string) => KeyRecord
  readonly mayRenew: (key: string) => boolean
  readonly failed: (key: string, error: TokenError, limit: number, random: number) => void
  readonly succeeded: (key: string) => void
  readonly answerLost: (key: string) => void
}

const blank: KeyRecord = {
  failures: 0,
  renewNotBefore: 0,
  lastError: undefined,
  lastErrorAt: 0,
  answersLost: 0
}

/** The pause after a failed renewal: at first, and at most. Milliseconds. */
const pauseFirst = 500
const pauseMost = 30_000

/** Only keys with something to tell are kept; the oldest go first. */
export const make = (now: MonotonicMillis, maximum: number): Ledger => {
  const records = new BoundedMap<string, KeyRecord>(maximum)
  const record = (key: string): KeyRecord => records.get(key) ?? blank
  return {
    record,
    mayRenew: (key) => {
      const known = records.get(key)
      return known === undefined || known.renewNotBefore <= now()
    },
    failed: (key, error, limit, random) => {
      const before = record(key)
      const pause = Math.min(pauseMost, pauseFirst * 2 ** before.failures)
      const jittered = pause * (0.5 + random)
      records.set(key, {
        ...before,
        failures: before.failures + 1,
        // Never past the hard limit: from there on somebody waits, and asks without a pause.
        renewNotBefore: Math.min(now() + jittered, limit),
        lastError: error,
        lastErrorAt: now()
      })
    },
    succeeded: (key) => {
      const before = records.get(key)
      if (before === undefined) return
      if (before.answersLost === 0) records.delete(key)
      else records.set(key, { ...blank, answersLost: before.answersLost })
    },
    answerLost: (key) => {
      const before = record(key)
      records.set(key, { ...before, answersLost: before.answersLost + 1 })
    }
  }
}
