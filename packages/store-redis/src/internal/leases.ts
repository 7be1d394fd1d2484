import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type Lease, StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { messageOf } from "./feed.ts"
import { type Parts, remembered } from "./parts.ts"
import { refuse } from "./record.ts"
import * as scripts from "./scripts.ts"

/**
 * Milliseconds after which a lease ends when nobody extends it, so that a killed holder is in nobody's way for long;
 * and between two extensions.
 */
const life = 2_000
const pause = 600

export interface Leases {
  readonly take: (
    key: TokenKey,
    atMost: number
  ) => Effect.Effect<Lease | undefined, StoreError, Scope.Scope>
  /** What this process has under the name of its lease; nothing where it holds none. */
  readonly heldFor: (key: TokenKey) => string
  /** It went with the token that it was for. */
  readonly gone: (key: TokenKey) => void
}

export const make = (parts: Parts): Leases => {
  const { ask, clocks, names, now, process, seal } = parts
  const held = new Map<string, string>()
  let taken = 0

  const takeOnce = (key: TokenKey, holder: string, millis: number) => {
    const { fences, lease } = names.ofKey(key)
    const keys = [lease, fences] as const
    const args = [holder, millis, remembered, life]
    return Effect.flatMap(
      ask({ operation: "lease", script: scripts.lease, keys, args }),
      ([fence, millis, refused]): Effect.Effect<Lease | undefined, StoreError> => {
        if (typeof fence !== "number" || typeof millis !== "number") return senseless
        clocks.note(key, millis)
        if (fence === 0) return Effect.undefined
        held.set(key.text, `${holder}:${fence}`)
        const lease = Effect.succeed({ fence })
        return refused === 1 ? Effect.andThen(refuse(seal, key), lease) : lease
      }
    )
  }

  const release = (key: TokenKey, value: string) =>
    Effect.suspend(() => {
      if (held.get(key.text) !== value) return Effect.void
      held.delete(key.text)
      const keys = [names.ofKey(key).lease] as const
      const args = [value, names.channel, messageOf({ _tag: "Released", text: key.text })]
      return Effect.ignore(ask({ operation: "lease", script: scripts.release, keys, args }))
    })

  /** Whether it is held still. */
  const extend = (key: TokenKey, value: string, millis: number) => {
    const keys = [names.ofKey(key).lease] as const
    const args = [value, millis]
    return Effect.map(
      ask({ operation: "lease", script: scripts.extend, keys, args }),
      ([kept]) => kept === 1
    )
  }

  const keep = (key: TokenKey, value: string, end: number): Effect.Effect<void> =>
    Effect.sleep(pause).pipe(
      Effect.andThen(Effect.suspend(() => extend(key, value, millisUntil(end, now())))),
      Effect.repeat({ while: (kept) => kept && now() + life < end }),
      Effect.ignore
    )

  return {
    take: (key, atMost) =>
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
      }),
    heldFor: (key) => held.get(key.text) ?? "",
    gone: (key) => held.delete(key.text)
  }
}

const millisUntil = (end: number, now: number): number =>
  Math.max(1, Math.ceil(Math.min(life, end - now)))

const senseless = new StoreError({ operation: "lease", problem: "the answer makes no sense" })
