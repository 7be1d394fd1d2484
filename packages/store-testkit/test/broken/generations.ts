import * as Effect from "effect/Effect"
import type { BrokenStore, Store } from "./model.ts"

/** Puts whatever was read before. */
const putAnyway = (store: Store, stored: Parameters<Store["put"]>[0]) =>
  Effect.flatMap(store.get(stored.key), ({ generation }) => store.put(stored, generation))

const turns = (count: number) => Effect.repeat(Effect.yieldNow, { times: count })

export const generations: ReadonlyArray<BrokenStore> = [
  {
    name: "ignores the generation of a put",
    store: ({ store }) => ({ ...store, put: (stored) => putAnyway(store, stored) }),
    fails: [
      "generations: T25: a put that a revocation overtook is superseded",
      "generations: a superseded put leaves the token of the new generation",
      "generations: a generation outlives the tokens of its owner",
      "generations: tokens and generations survive a restart",
      "changes: what changed nothing is not told",
      "concurrency: T25: no put slips past a revocation",
      "bounds: T24: many revocations make none forgotten"
    ]
  },
  {
    name: "refuses every put of an owner that was once revoked",
    store: ({ store }) => {
      const revoked = new Set<string>()
      return {
        ...store,
        revoke: (owner) =>
          Effect.suspend(() => {
            revoked.add(owner)
            return store.revoke(owner)
          }),
        put: (stored, generation) =>
          Effect.suspend(() =>
            revoked.has(stored.key.owner)
              ? Effect.succeed("superseded")
              : store.put(stored, generation)
          )
      }
    },
    fails: [
      "basic: the epoch moves when something goes that was seen",
      "generations: a put that was begun after the revocation is stored",
      "generations: a superseded put leaves the token of the new generation",
      "generations: a generation outlives the tokens of its owner",
      "corruption: F26: a damaged record is in the way of nothing",
      "bounds: T24: many revocations make none forgotten"
    ]
  },
  {
    name: "leaves one token at a revocation",
    store: ({ store }) => ({
      ...store,
      revoke: (owner) =>
        Effect.gen(function* () {
          const entries = yield* store.entries
          const own = entries.filter((entry) => entry.key.owner === owner)
          const kept =
            own.length < 2
              ? undefined
              : store.peek(own[0]?.key ?? { text: "", owner, organisation: undefined })
          const count = yield* store.revoke(owner)
          if (kept !== undefined) yield* putAnyway(store, kept)
          return count
        })
    }),
    fails: [
      "isolation: revoke reaches its own owner only",
      "generations: revoke takes every token of the owner, and counts them",
      "concurrency: T25: no put slips past a revocation"
    ]
  },
  {
    name: "counts nothing at a revocation",
    store: ({ store }) => ({ ...store, revoke: (owner) => Effect.as(store.revoke(owner), 0) }),
    fails: [
      "isolation: revoke reaches its own owner only",
      "generations: revoke takes every token of the owner, and counts them"
    ]
  },
  {
    name: "does not count a revocation that finds nothing",
    store: ({ store }) => ({
      ...store,
      revoke: (owner) =>
        Effect.flatMap(store.entries, (entries) =>
          entries.some((entry) => entry.key.owner === owner)
            ? store.revoke(owner)
            : Effect.succeed(0)
        )
    }),
    fails: [
      "generations: T25: a put that a revocation overtook is superseded",
      "generations: a superseded put leaves the token of the new generation",
      "generations: a generation outlives the tokens of its owner",
      "generations: tokens and generations survive a restart",
      "changes: a revocation is told, even of an owner who holds nothing",
      "changes: what changed nothing is not told",
      "bounds: T24: many revocations make none forgotten"
    ]
  },
  {
    name: "has one generation for all owners",
    store: ({ store }) => {
      let revocations = 0
      return {
        ...store,
        get: (key) =>
          Effect.map(store.get(key), (lookup) => ({ ...lookup, generation: revocations })),
        revoke: (owner) =>
          Effect.suspend(() => {
            revocations++
            return store.revoke(owner)
          }),
        put: (stored, generation) =>
          Effect.suspend(() =>
            generation < revocations ? Effect.succeed("superseded") : putAnyway(store, stored)
          )
      }
    },
    fails: ["generations: a revocation of one owner overtakes no other"]
  },
  {
    name: "takes every remove for a revocation",
    store: ({ store }) => ({
      ...store,
      remove: (key, id) =>
        Effect.tap(store.remove(key, id), (removed) =>
          removed
            ? Effect.gen(function* () {
                const entries = yield* store.entries
                const others = entries.filter((entry) => entry.key.owner === key.owner)
                const kept = others.flatMap((entry) => store.peek(entry.key) ?? [])
                yield* store.revoke(key.owner)
                yield* Effect.forEach(kept, (stored) => putAnyway(store, stored))
              })
            : Effect.void
        )
    }),
    fails: ["generations: remove is not a revocation"]
  },
  {
    name: "removes what is held when a put is superseded",
    store: ({ store }) => ({
      ...store,
      put: (stored, generation) =>
        Effect.tap(store.put(stored, generation), (outcome) =>
          outcome === "stored"
            ? Effect.void
            : Effect.flatMap(store.get(stored.key), ({ held }) =>
                held === undefined ? Effect.void : store.remove(stored.key, held.token.id)
              )
        )
    }),
    fails: ["generations: a superseded put leaves the token of the new generation"]
  },
  {
    name: "forgets the generation of an owner with its last token",
    store: ({ now, store }) => {
      const ends = new Map<string, number>()
      return {
        ...store,
        put: (stored, generation) =>
          Effect.suspend(() => {
            const { owner } = stored.key
            const ended = (ends.get(owner) ?? Number.POSITIVE_INFINITY) <= now()
            ends.set(owner, stored.lifetime.end)
            return ended ? putAnyway(store, stored) : store.put(stored, generation)
          })
      }
    },
    fails: ["generations: a generation outlives the tokens of its owner"]
  },
  {
    name: "revokes in two steps",
    store: ({ store }) => {
      const halfway = new Set<string>()
      return {
        ...store,
        revoke: (owner) =>
          Effect.gen(function* () {
            const count = yield* store.revoke(owner)
            halfway.add(owner)
            yield* turns(3)
            halfway.delete(owner)
            return count
          }),
        put: (stored, generation) =>
          Effect.suspend(() =>
            halfway.has(stored.key.owner) ? putAnyway(store, stored) : store.put(stored, generation)
          )
      }
    },
    fails: ["concurrency: T25: no put slips past a revocation"]
  },
  {
    name: "sees for long what another process revoked",
    ofProcess: ({ store }) => {
      const near = new Map<string, ReturnType<Store["peek"]>>()
      return {
        ...store,
        epoch: () => Number.NaN,
        peek: (key) => near.get(key.text),
        put: (stored, generation) => {
          near.delete(stored.key.text)
          return store.put(stored, generation)
        },
        get: (key) =>
          Effect.tap(store.get(key), ({ held }) => Effect.sync(() => near.set(key.text, held))),
        remove: (key, id) => {
          near.delete(key.text)
          return store.remove(key, id)
        },
        revoke: (owner) => {
          near.clear()
          return store.revoke(owner)
        }
      }
    },
    fails: ["generations: T24: a revoked token is not seen for long anywhere"]
  },
  {
    name: "begins empty after a restart",
    ofProcess: ({ memory, store }) =>
      Effect.as(
        Effect.addFinalizer(() =>
          Effect.orDie(
            Effect.flatMap(memory.entries, (entries) =>
              Effect.forEach(entries, ({ id, key }) => memory.remove(key, id))
            )
          )
        ),
        store
      ),
    fails: ["generations: tokens and generations survive a restart"]
  }
]
