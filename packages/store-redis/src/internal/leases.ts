import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type Lease, StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { messageOf } from "./feed.ts"
import { type Parts, remembered } from "./parts.ts"
import * as scripts from "./scripts.ts"

/**
 * Milliseconds after which a lease ends when nobody extends it, so that a killed holder is in nobody's way for long;
 * and between two extensions.
 */
const life = 2_000
const pause = 600

type Take = (
  key: TokenKey,
  atMost: number
) => Effect.Effect<Lease | undefined, StoreError, Scope.Scope>

export const make = (parts: Parts): Take => {
  const { ask, names, now, process } = parts
  let taken = 0

  const takeOnce = (key: TokenKey, holder: string, millis: number) => {
    const { fences, lease } = names.ofKey(key)
    const keys = [lease, fences] as const
    const args = [holder, millis, remembered]
    return Effect.flatMap(
      ask({ operation: "lease", script: scripts.lease, keys, args }),
      ([fence]): Effect.Effect<Lease | undefined, StoreError> => {
        if (typeof fence !== "number") return senseless
        return Effect.succeed(fence === 0 ? undefined : { fence })
      }
    )
  }

  const release = (key: TokenKey, holder: string) => {
    const keys = [names.ofKey(key).lease] as const
    const args = [holder, names.channel, messageOf({ _tag: "Released", text: key.text })]
    return Effect.ignore(ask({ operation: "lease", script: scripts.release, keys, args }))
  }

  /** Whether it is held still. */
  const extend = (key: TokenKey, holder: string, millis: number) => {
    const keys = [names.ofKey(key).lease] as const
    const args = [holder, millis]
    return Effect.map(
      ask({ operation: "lease", script: scripts.extend, keys, args }),
      ([held]) => held === 1
    )
  }

  const keep = (key: TokenKey, holder: string, end: number): Effect.Effect<void> =>
    Effect.sleep(pause).pipe(
      Effect.andThen(Effect.suspend(() => extend(key, holder, millisUntil(end, now())))),
      Effect.repeat({ while: (held) => held && now() + life < end }),
      Effect.ignore
    )

  return (key, atMost) =>
    Effect.gen(function* () {
      const holder = `${process}-${++taken}`
      const end = now() + atMost
      const lease = yield* Effect.acquireRelease(
        takeOnce(key, holder, millisUntil(end, now())),
        (lease) => (lease === undefined ? Effect.void : release(key, `${holder}:${lease.fence}`))
      )
      if (lease === undefined || atMost <= life) return lease
      yield* Effect.forkScoped(keep(key, `${holder}:${lease.fence}`, end))
      return lease
    })
}

const millisUntil = (end: number, now: number): number =>
  Math.max(1, Math.ceil(Math.min(life, end - now)))

const senseless = new StoreError({ operation: "lease", problem: "the answer makes no sense" })
