import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { alteringToken, type BrokenStore } from "./model.ts"

export const bounds: ReadonlyArray<BrokenStore> = [
  {
    name: "cuts a token at 4 096 characters",
    store: ({ store }) =>
      alteringToken(store, (token) => ({
        value: Redacted.make(token.reveal().slice(0, 4_096), { label: "token" })
      })),
    fails: ["bounds: the largest token is kept whole"]
  },
  {
    name: "holds whatever is put",
    holds: 100_000,
    fails: [
      "bounds: invariant 8: no more is held than the store was told to hold, and the newest is"
    ]
  },
  {
    name: "lets through what it has forgotten the revocation of",
    store: ({ store }) => {
      const remembered = new Set<string>()
      return {
        ...store,
        revoke: (owner) =>
          Effect.suspend(() => {
            remembered.add(owner)
            if (remembered.size > 100) remembered.clear()
            return store.revoke(owner)
          }),
        put: (stored, generation) =>
          Effect.suspend(() =>
            remembered.has(stored.key.owner)
              ? store.put(stored, generation)
              : Effect.flatMap(store.get(stored.key), (now) => store.put(stored, now.generation))
          )
      }
    },
    fails: ["bounds: T24: many revocations make none forgotten"]
  }
]
