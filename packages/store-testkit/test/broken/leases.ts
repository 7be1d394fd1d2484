import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type Lease, StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import type { BrokenStore, Store } from "./model.ts"

const year = 31_556_926_000

export const leases: ReadonlyArray<BrokenStore> = [
  {
    name: "gives a lease to everybody",
    store: ({ store }) => {
      let fence = 0
      return { ...store, lease: () => Effect.sync(() => ({ fence: ++fence })) }
    },
    fails: [
      "isolation: a lease holds its own key only",
      "leases: one holds a lease, and no other",
      "leases: the scope of a refused lease frees nothing",
      "leases: T22: a lease ends when its time is over, and not before",
      "leases: T22: a holder that comes late frees nothing",
      "changes: a lease that was given back is told",
      "concurrency: invariant 4: of many who want a lease, one gets it",
      "concurrency: holders of a lease never overlap, and their fences grow"
    ]
  },
  {
    name: "gives a lease to nobody",
    store: ({ store }) => ({ ...store, lease: () => Effect.succeed(undefined) }),
    fails: [
      "isolation: a lease holds its own key only",
      "leases: one holds a lease, and no other",
      "leases: a lease ends with its scope",
      "leases: T22: a lease ends when its time is over, and not before",
      "leases: T22: a holder that comes late frees nothing",
      "leases: the fence grows with every lease of a key",
      "leases: fences grow on after a restart",
      "changes: a lease that was given back is told",
      "concurrency: invariant 4: of many who want a lease, one gets it",
      "concurrency: holders of a lease never overlap, and their fences grow"
    ]
  },
  {
    name: "lets a lease last for ever",
    store: ({ store }) => ({ ...store, lease: (key) => store.lease(key, year) }),
    fails: [
      "leases: T22: a lease ends when its time is over, and not before",
      "leases: T22: a holder that comes late frees nothing"
    ]
  },
  {
    name: "lets a lease last for half its time",
    store: ({ store }) => ({ ...store, lease: (key, atMost) => store.lease(key, atMost / 3) }),
    fails: ["leases: T22: a lease ends when its time is over, and not before"]
  },
  {
    name: "keeps a lease when its scope closes",
    store: ({ now, store }) => {
      const held = new Map<string, number>()
      let fence = 0
      return {
        ...store,
        lease: ({ text }, atMost) =>
          Effect.sync(() => {
            if ((held.get(text) ?? 0) > now()) return undefined
            held.set(text, now() + atMost)
            return { fence: ++fence }
          })
      }
    },
    fails: [
      "leases: a lease ends with its scope",
      "leases: the fence grows with every lease of a key",
      "leases: fences grow on after a restart",
      "changes: a lease that was given back is told",
      "concurrency: holders of a lease never overlap, and their fences grow"
    ]
  },
  {
    name: "has one fence for all leases",
    store: ({ store }) => ({
      ...store,
      lease: (key, atMost) => Effect.map(store.lease(key, atMost), (lease) => lease && { fence: 1 })
    }),
    fails: [
      "leases: T22: a lease ends when its time is over, and not before",
      "leases: the fence grows with every lease of a key",
      "leases: fences grow on after a restart",
      "concurrency: holders of a lease never overlap, and their fences grow"
    ]
  },
  {
    name: "frees a lease whoever holds it by now",
    store: (model) => freeing(model, (lease) => lease !== undefined),
    fails: ["leases: T22: a holder that comes late frees nothing"]
  },
  {
    name: "frees a lease when it refuses one",
    store: (model) => freeing(model, () => true),
    fails: [
      "leases: the scope of a refused lease frees nothing",
      "leases: T22: a holder that comes late frees nothing",
      "concurrency: holders of a lease never overlap, and their fences grow"
    ]
  },
  {
    name: "lets nobody put without the lease",
    store: ({ store }) => {
      const held = new Set<string>()
      return {
        ...store,
        lease: (key, atMost) =>
          Effect.tap(store.lease(key, atMost), (lease) =>
            lease === undefined
              ? Effect.void
              : Effect.acquireRelease(
                  Effect.sync(() => held.add(key.text)),
                  () => Effect.sync(() => held.delete(key.text))
                )
          ),
        put: (stored, generation) =>
          held.has(stored.key.text)
            ? Effect.fail(new StoreError({ operation: "put", problem: "locked" }))
            : store.put(stored, generation)
      }
    },
    fails: ["leases: nothing but thrift rests on a lease"]
  },
  {
    name: "takes whole milliseconds only",
    store: ({ store }) => ({
      ...store,
      lease: (key, atMost) =>
        Number.isInteger(atMost)
          ? store.lease(key, atMost)
          : Effect.fail(new StoreError({ operation: "lease", problem: "not an integer" }))
    }),
    fails: [
      "leases: T22: a lease ends when its time is over, and not before",
      "leases: T22: a holder that comes late frees nothing"
    ]
  },
  {
    name: "counts its fences anew after a restart",
    ofProcess: ({ store }) => {
      let first: number | undefined
      return {
        ...store,
        lease: (key, atMost) =>
          Effect.map(store.lease(key, atMost), (lease) => {
            if (lease === undefined) return undefined
            first ??= lease.fence
            return { fence: lease.fence - first + 1 }
          })
      }
    },
    fails: [
      "leases: T22: a lease ends when its time is over, and not before",
      "leases: the fence grows with every lease of a key",
      "leases: fences grow on after a restart"
    ]
  },
  {
    name: "looks whether a lease is free, and then takes it",
    store: ({ now, store }) => {
      const held = new Map<string, { readonly fence: number; readonly until: number }>()
      let fence = 0
      return {
        ...store,
        lease: (key, atMost) =>
          Effect.acquireRelease(
            Effect.gen(function* () {
              const { text } = key
              const holder = held.get(text)
              if (holder !== undefined && holder.until > now()) return undefined
              yield* Effect.yieldNow
              const lease = { fence: ++fence, until: now() + atMost }
              held.set(text, lease)
              return lease
            }),
            (lease) => {
              if (lease === undefined || held.get(key.text)?.fence !== lease.fence)
                return Effect.void
              held.delete(key.text)
              return tellReleased(store, key)
            }
          )
      }
    },
    fails: [
      "concurrency: invariant 4: of many who want a lease, one gets it",
      "concurrency: holders of a lease never overlap, and their fences grow"
    ]
  }
]

/** A lease of the inner store is taken and given back, which is told. */
const tellReleased = (store: Store, key: TokenKey) =>
  Effect.asVoid(Effect.ignore(Effect.scoped(store.lease(key, 1))))

/** Leases that are freed without a look at who holds them. */
const freeing = (
  { now, store }: { readonly now: () => number; readonly store: Store },
  frees: (lease: Lease | undefined) => boolean
): Store => {
  const held = new Map<string, number>()
  let fence = 0
  return {
    ...store,
    lease: (key, atMost) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          if ((held.get(key.text) ?? 0) > now()) return undefined
          held.set(key.text, now() + atMost)
          return { fence: ++fence }
        }),
        (lease) => {
          if (!frees(lease)) return Effect.void
          held.delete(key.text)
          return tellReleased(store, key)
        }
      )
  }
}
