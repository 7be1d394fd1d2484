import type { Lease, StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import { storeError, type Writer } from "./writer.ts"

/** The leases that this process holds. A sign of life every half second keeps them; without it they are lost after five. */
export interface Leases {
  readonly take: (
    key: string,
    atMost: number
  ) => Effect.Effect<Lease | undefined, StoreError, Scope.Scope>
  /** The fence of the lease that is held on a key; 0 where none is. */
  readonly fenceOf: (key: string) => number
}

/** Milliseconds between two signs of life. */
const pulse = 500

export const make = Effect.fnUntraced(function* (
  writer: Writer
): Effect.fn.Return<Leases, never, Scope.Scope> {
  const holder = randomUUID()
  const fences = new Map<string, number>()

  const release = (key: string, fence?: number) =>
    Effect.suspend(() => {
      if (fences.get(key) === fence) fences.delete(key)
      return Effect.ignore(writer.ask("release", { key, holder, fence }))
    })

  const take = (key: string, atMost: number) =>
    writer.ask("lease", { key, holder, atMost: Math.ceil(atMost) }).pipe(
      // It may be taken yet, by nobody who knows of it.
      Effect.tapError(() => release(key)),
      Effect.mapError(storeError("lease")),
      Effect.map((fence) => {
        if (fence !== undefined) fences.set(key, fence)
        return fence === undefined ? undefined : { fence }
      })
    )

  yield* Effect.sleep(pulse).pipe(
    Effect.andThen(
      Effect.suspend(() =>
        fences.size === 0 ? Effect.void : Effect.ignore(writer.ask("beat", { holder }))
      )
    ),
    Effect.forever,
    Effect.forkScoped
  )

  return {
    take: (key, atMost) =>
      Effect.acquireRelease(take(key, atMost), (lease) =>
        lease === undefined ? Effect.void : release(key, lease.fence)
      ),
    fenceOf: (key) => fences.get(key) ?? 0
  }
})
