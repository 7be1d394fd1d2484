import { StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import { alteringToken, type BrokenStore } from "./model.ts"

export const basic: ReadonlyArray<BrokenStore> = [
  {
    name: "loses the scopes of a token",
    store: ({ store }) => alteringToken(store, () => ({ scopes: [] })),
    fails: [
      "basic: gives back what was put, whole",
      "isolation: T4: no key is taken for another",
      "concurrency: nobody sees a token half put",
      "concurrency: what many put at once is all there",
      "concurrency: a put that is interrupted is done or not done",
      "corruption: a damaged record takes no other with it",
      "corruption: T5: a record that was copied to another key is a miss",
      "bounds: the largest token is kept whole"
    ]
  },
  {
    name: "loses what an application token is bound to",
    store: ({ store }) => alteringToken(store, () => ({ resourceId: undefined })),
    fails: ["basic: gives back what was put, whole"]
  },
  {
    name: "has no generation for an owner that it does not know",
    store: ({ store }) => ({
      ...store,
      get: (key) =>
        Effect.map(store.get(key), (lookup) =>
          lookup.held === undefined ? { ...lookup, generation: Number.NaN } : lookup
        )
    }),
    fails: [
      "basic: gives nothing for a key that was never put",
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
    name: "keeps what was put first",
    store: ({ store }) => ({
      ...store,
      put: (stored, generation) =>
        Effect.flatMap(store.get(stored.key), ({ held }) =>
          held === undefined ? store.put(stored, generation) : Effect.succeed("stored")
        )
    }),
    fails: [
      "basic: a second put takes the place of the first",
      "basic: removing what was replaced leaves what replaced it",
      "basic: peek gives the token that was put last, or nothing",
      "basic: the epoch moves when something goes that was seen",
      "expiry: the end of a token that was replaced is forgotten",
      "generations: a superseded put leaves the token of the new generation",
      "concurrency: a remove never takes the token that replaced its own",
      "concurrency: a put that is interrupted is done or not done",
      "bounds: invariant 8: one who does not listen holds nobody up, and misses nothing unknowing"
    ]
  },
  {
    name: "removes without comparing",
    store: ({ store }) => ({
      ...store,
      remove: (key, id) =>
        Effect.flatMap(store.get(key), ({ held }) => store.remove(key, held?.token.id ?? id))
    }),
    fails: [
      "basic: remove takes only the token that it names",
      "basic: removing what was replaced leaves what replaced it",
      "concurrency: a remove never takes the token that replaced its own"
    ]
  },
  {
    name: "says of every remove that the token was there",
    store: ({ store }) => ({
      ...store,
      remove: (key, id) => Effect.as(store.remove(key, id), true)
    }),
    fails: ["basic: remove takes only the token that it names"]
  },
  {
    name: "removes nothing",
    store: ({ store }) => ({ ...store, remove: () => Effect.succeed(true) }),
    fails: [
      "basic: remove takes only the token that it names",
      "basic: entries list what is held",
      "basic: peek gives the token that was put last, or nothing",
      "basic: the epoch moves when something goes that was seen",
      "isolation: remove reaches its own key only",
      "changes: a token that was removed is told",
      "changes: the changes of a key are told in their order",
      "secrecy: invariant 7: changes hold no secret"
    ]
  },
  {
    name: "lists nothing",
    store: ({ store }) => ({ ...store, entries: Effect.succeed([]) }),
    fails: ["basic: entries list what is held", "secrecy: invariant 7: entries hold no secret"]
  },
  {
    name: "sees what is gone",
    store: ({ store }) => {
      const seen = new Map<string, ReturnType<typeof store.peek>>()
      return {
        ...store,
        put: (stored, generation) =>
          Effect.tap(store.put(stored, generation), () => {
            seen.set(stored.key.text, stored)
            return Effect.void
          }),
        peek: (key) => seen.get(key.text)
      }
    },
    fails: [
      "basic: peek gives the token that was put last, or nothing",
      "generations: T25: a put that a revocation overtook is superseded",
      "generations: T24: a revoked token is not seen for long anywhere",
      "concurrency: T25: no put slips past a revocation"
    ]
  },
  {
    name: "throws from peek where nothing is held",
    store: ({ store }) => ({
      ...store,
      peek: (key) => {
        const held = store.peek(key)
        if (held === undefined) throw new StoreError({ operation: "get", problem: "nothing held" })
        return held
      }
    }),
    fails: [
      "basic: peek gives the token that was put last, or nothing",
      "basic: peek never throws",
      "isolation: T4: no key is taken for another",
      "generations: T25: a put that a revocation overtook is superseded",
      "generations: T24: a revoked token is not seen for long anywhere",
      "concurrency: T25: no put slips past a revocation"
    ]
  },
  {
    name: "has an epoch that stands still",
    store: ({ store }) => ({ ...store, epoch: () => 0 }),
    fails: [
      "basic: the epoch moves when something goes that was seen",
      "generations: T24: a revoked token is not seen for long anywhere"
    ]
  }
]
