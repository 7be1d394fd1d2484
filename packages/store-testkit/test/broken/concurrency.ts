import type { StoredToken } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import type { BrokenStore } from "./model.ts"

export const concurrency: ReadonlyArray<BrokenStore> = [
  {
    name: "puts a token in two steps",
    store: ({ store }) => {
      const lifetimes = new Map<string, StoredToken["lifetime"]>()
      return {
        ...store,
        put: (stored, generation) =>
          Effect.gen(function* () {
            const outcome = yield* store.put(stored, generation)
            yield* Effect.yieldNow
            if (outcome === "stored") lifetimes.set(stored.key.text, stored.lifetime)
            return outcome
          }),
        get: (key) =>
          Effect.map(store.get(key), ({ generation, held }) => ({
            generation,
            held: held && { ...held, lifetime: lifetimes.get(key.text) ?? held.lifetime }
          }))
      }
    },
    fails: ["concurrency: nobody sees a token half put"]
  },
  {
    name: "compares the generation, and then puts",
    store: ({ store }) => ({
      ...store,
      put: (stored, generation) =>
        Effect.gen(function* () {
          const before = yield* store.get(stored.key)
          yield* Effect.yieldNow
          const after = yield* store.get(stored.key)
          const stood = before.generation === after.generation
          return yield* store.put(stored, stood ? generation : after.generation)
        })
    }),
    fails: ["concurrency: T25: no put slips past a revocation"]
  },
  {
    name: "compares, and then removes",
    store: ({ store }) => ({
      ...store,
      remove: (key, id) =>
        Effect.gen(function* () {
          const { held } = yield* store.get(key)
          if (held?.token.id !== id) return false
          yield* Effect.yieldNow
          const now = (yield* store.get(key)).held
          return yield* store.remove(key, now?.token.id ?? id)
        })
    }),
    fails: ["concurrency: a remove never takes the token that replaced its own"]
  },
  {
    name: "reads all, and writes all",
    store: ({ store }) => {
      let all: ReadonlyArray<StoredToken> = []
      const lost = new Set<string>()
      return {
        ...store,
        put: (stored, generation) =>
          Effect.gen(function* () {
            const outcome = yield* store.put(stored, generation)
            const read = all
            yield* Effect.yieldNow
            for (const one of all) if (!read.includes(one)) lost.add(one.key.text)
            lost.delete(stored.key.text)
            all = [...read, stored]
            return outcome
          }),
        get: (key) =>
          Effect.map(store.get(key), (lookup) =>
            lost.has(key.text) ? { ...lookup, held: undefined } : lookup
          )
      }
    },
    fails: ["concurrency: what many put at once is all there"]
  },
  {
    name: "removes before it puts",
    store: ({ store }) => ({
      ...store,
      put: (stored, generation) =>
        Effect.gen(function* () {
          const { held } = yield* store.get(stored.key)
          if (held !== undefined) yield* store.remove(stored.key, held.token.id)
          yield* Effect.yieldNow
          return yield* store.put(stored, generation)
        })
    }),
    fails: [
      "generations: a superseded put leaves the token of the new generation",
      "concurrency: a put that is interrupted is done or not done"
    ]
  }
]
