import * as Lifetime from "@onbehalf/core/Lifetime"
import { entryOf, type StoredToken, StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import { alteringHeld, type BrokenStore } from "./model.ts"

const lifeOf = ({ lifetime }: StoredToken) => lifetime.end - lifetime.issued

/** The longest time that a timer of JavaScript can wait for. */
const longestTimer = 2 ** 31 - 1

export const expiry: ReadonlyArray<BrokenStore> = [
  {
    name: "begins a life anew at every look",
    store: ({ now, store }) =>
      alteringHeld(store, (held) => ({
        ...held,
        lifetime: Lifetime.make(now(), lifeOf(held), 0.5)
      })),
    fails: [
      "expiry: a life comes back as it was",
      "expiry: reading does not lengthen a life",
      "expiry: F39: a life of a year does not overflow"
    ]
  },
  {
    name: "rounds a life up to whole seconds",
    store: ({ store }) =>
      alteringHeld(store, (held) => ({
        ...held,
        lifetime: { ...held.lifetime, end: Math.ceil(held.lifetime.end / 1_000 + 0.5) * 1_000 }
      })),
    fails: [
      "expiry: a life comes back as it was",
      "expiry: reading does not lengthen a life",
      "expiry: F39: a life of a year does not overflow",
      "concurrency: nobody sees a token half put"
    ]
  },
  {
    name: "draws the time of renewal anew at every look",
    store: ({ store }) =>
      alteringHeld(store, (held) => ({
        ...held,
        lifetime: Lifetime.make(held.lifetime.issued, lifeOf(held), 0.9)
      })),
    fails: [
      "expiry: a life comes back as it was",
      "expiry: reading does not lengthen a life",
      "expiry: F39: a life of a year does not overflow"
    ]
  },
  {
    name: "gives out what has ended",
    store: ({ memory, now, store }) => ({
      ...store,
      get: (key) =>
        Effect.map(store.get(key), (lookup) => {
          const ended = memory.peek(key)
          if (lookup.held !== undefined || ended === undefined) return lookup
          return { ...lookup, held: { ...ended, lifetime: Lifetime.make(now(), 5_000, 0.5) } }
        })
    }),
    fails: [
      "expiry: a token that has ended is not given out",
      "expiry: a token that was put when it had ended is not given out",
      "expiry: the end of a token that was replaced is forgotten"
    ]
  },
  {
    name: "lists what has ended",
    store: ({ store }) => {
      const listed = new Map<string, StoredToken>()
      return {
        ...store,
        put: (stored, generation) =>
          Effect.tap(store.put(stored, generation), (outcome) =>
            Effect.sync(() => outcome === "stored" && listed.set(stored.key.text, stored))
          ),
        entries: Effect.map(store.entries, (entries) => [
          ...entries,
          ...[...listed.values()]
            .filter(({ lifetime }) => lifetime.end < lifetime.issued + 2_000)
            .map(entryOf)
        ])
      }
    },
    fails: ["expiry: a token that has ended leaves the list by itself"]
  },
  {
    name: "ends a token when the one before it ends",
    store: ({ now, store }) => {
      const ends = new Map<string, number>()
      return {
        ...store,
        put: (stored, generation) =>
          Effect.tap(store.put(stored, generation), () =>
            Effect.sync(() => {
              const { text } = stored.key
              if (!ends.has(text)) ends.set(text, stored.lifetime.end)
            })
          ),
        get: (key) =>
          Effect.map(store.get(key), (lookup) =>
            (ends.get(key.text) ?? Number.POSITIVE_INFINITY) <= now()
              ? { ...lookup, held: undefined }
              : lookup
          )
      }
    },
    fails: ["expiry: the end of a token that was replaced is forgotten"]
  },
  {
    name: "fails to put what has ended",
    store: ({ now, store }) => ({
      ...store,
      put: (stored, generation) =>
        stored.lifetime.end <= now()
          ? Effect.fail(new StoreError({ operation: "put", problem: "invalid expire time" }))
          : store.put(stored, generation)
    }),
    fails: ["expiry: a token that was put when it had ended is not given out"]
  },
  {
    name: "waits for the end of a token with a timer",
    store: ({ store }) =>
      alteringHeld(store, (held) => (lifeOf(held) > longestTimer ? undefined : held)),
    fails: ["expiry: F39: a life of a year does not overflow"]
  }
]
