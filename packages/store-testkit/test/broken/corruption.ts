import { StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import type { BrokenStore } from "./model.ts"

const unreadable = new StoreError({ operation: "get", problem: "unreadable" })

export const corruption: ReadonlyArray<BrokenStore> = [
  {
    name: "fails where a record is damaged",
    store: ({ damaged, store }) => ({
      ...store,
      get: (key) => (damaged.has(key.text) ? Effect.fail(unreadable) : store.get(key))
    }),
    fails: [
      "corruption: F26: a damaged record is a miss, and gone",
      "corruption: F26: a damaged record is in the way of nothing",
      "corruption: a damaged record takes no other with it",
      "corruption: T5: a record that was copied to another key is a miss"
    ]
  },
  {
    name: "gives out what is damaged, or another's",
    store: ({ memory, store }) => ({ ...store, get: memory.get }),
    fails: [
      "corruption: F26: a damaged record is a miss, and gone",
      "corruption: T5: a record that was copied to another key is a miss"
    ]
  },
  {
    name: "leaves a damaged record where it lies",
    store: ({ damaged, memory, store }) => ({
      ...store,
      get: (key) =>
        damaged.has(key.text)
          ? Effect.map(memory.get(key), (lookup) => ({ ...lookup, held: undefined }))
          : store.get(key)
    }),
    fails: ["corruption: F26: a damaged record is a miss, and gone"]
  },
  {
    name: "cannot list where a record is damaged",
    store: ({ damaged, store }) => ({
      ...store,
      entries: Effect.suspend(() => (damaged.size > 0 ? Effect.fail(unreadable) : store.entries))
    }),
    fails: ["corruption: F26: a damaged record is in the way of nothing"]
  },
  {
    name: "loses everything with a damaged record",
    store: ({ damaged, memory, store }) => ({
      ...store,
      get: (key) =>
        damaged.size > 0
          ? Effect.map(memory.get(key), (lookup) => ({ ...lookup, held: undefined }))
          : store.get(key)
    }),
    fails: [
      "corruption: F26: a damaged record is a miss, and gone",
      "corruption: a damaged record takes no other with it",
      "corruption: T5: a record that was copied to another key is a miss"
    ]
  }
]
