import type { StoreChange } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { BrokenStore, Model, Store } from "./model.ts"

const filtered =
  (isTold: (change: StoreChange) => boolean) =>
  ({ store }: Model): Store => ({ ...store, changes: Stream.filter(store.changes, isTold) })

const connected: StoreChange = { _tag: "Connected" }

export const changes: ReadonlyArray<BrokenStore> = [
  {
    name: "does not tell Stored",
    store: filtered((change) => change._tag !== "Stored"),
    fails: [
      "changes: a token that was stored is told",
      "changes: what changed nothing is not told",
      "changes: the changes of a key are told in their order",
      "changes: everybody who listens hears everything",
      "changes: nothing is missed once Connected was said",
      "changes: a feed that was lost says so, and Connected when it is back",
      "bounds: invariant 8: one who does not listen holds nobody up, and misses nothing unknowing"
    ]
  },
  {
    name: "does not tell Removed",
    store: filtered((change) => change._tag !== "Removed"),
    fails: [
      "changes: a token that was removed is told",
      "changes: the changes of a key are told in their order",
      "secrecy: invariant 7: changes hold no secret"
    ]
  },
  {
    name: "does not tell Revoked",
    store: filtered((change) => change._tag !== "Revoked"),
    fails: ["changes: a revocation is told, even of an owner who holds nothing"]
  },
  {
    name: "does not tell Released",
    store: filtered((change) => change._tag !== "Released"),
    fails: ["changes: a lease that was given back is told"]
  },
  {
    name: "never says Connected",
    store: filtered((change) => change._tag !== "Connected"),
    fails: [
      "generations: T24: a revoked token is not seen for long anywhere",
      "changes: a token that was stored is told",
      "changes: a token that was removed is told",
      "changes: a revocation is told, even of an owner who holds nothing",
      "changes: a lease that was given back is told",
      "changes: what changed nothing is not told",
      "changes: the changes of a key are told in their order",
      "changes: everybody who listens hears everything",
      "changes: Connected comes first, whatever goes on",
      "changes: nothing is missed once Connected was said",
      "changes: a feed that was lost says so, and Connected when it is back",
      "secrecy: invariant 7: changes hold no secret",
      "bounds: invariant 8: one who does not listen holds nobody up, and misses nothing unknowing"
    ]
  },
  {
    name: "says Connected before it listens",
    store: ({ store }) => ({
      ...store,
      changes: Stream.concat(
        Stream.succeed(connected),
        Stream.filter(store.changes, (change) => change._tag !== "Connected")
      )
    }),
    fails: [
      "changes: nothing is missed once Connected was said",
      "bounds: invariant 8: one who does not listen holds nobody up, and misses nothing unknowing"
    ]
  },
  {
    name: "says Connected when the first change has come",
    store: ({ store }) => ({
      ...store,
      changes: Stream.merge(
        Stream.fromEffect(Effect.delay(Effect.succeed(connected), 50)),
        Stream.filter(store.changes, (change) => change._tag !== "Connected")
      )
    }),
    fails: ["changes: Connected comes first, whatever goes on"]
  },
  {
    name: "tells a put that was superseded",
    store: ({ store }) => {
      const listeners = new Set<Queue.Queue<StoreChange>>()
      return {
        ...store,
        put: (stored, generation) =>
          Effect.tap(store.put(stored, generation), (outcome) =>
            Effect.sync(() => {
              if (outcome === "stored") return
              const { key, token } = stored
              for (const one of listeners) {
                Queue.offerUnsafe(one, { _tag: "Stored", text: key.text, id: token.id })
              }
            })
          ),
        changes: Stream.merge(
          store.changes,
          Stream.unwrap(
            Effect.map(
              Effect.acquireRelease(
                Effect.tap(Queue.unbounded<StoreChange>(), (queue) =>
                  Effect.sync(() => listeners.add(queue))
                ),
                (queue) => Effect.sync(() => listeners.delete(queue))
              ),
              Stream.fromQueue
            )
          )
        )
      }
    },
    fails: ["changes: what changed nothing is not told"]
  },
  {
    name: "tells changes in any order",
    store: ({ store }) => ({
      ...store,
      changes: Stream.mapEffect(
        store.changes,
        (change) => Effect.delay(Effect.succeed(change), change._tag === "Stored" ? 15 : 0),
        { concurrency: 16, unordered: true }
      )
    }),
    fails: ["changes: the changes of a key are told in their order"]
  },
  {
    name: "tells each change to one listener",
    store: ({ store }) => {
      const told = new Set<StoreChange>()
      return {
        ...store,
        changes: Stream.filter(store.changes, (change) => {
          if (change._tag === "Connected") return true
          return !told.has(change) && told.add(change) !== undefined
        })
      }
    },
    fails: [
      "changes: everybody who listens hears everything",
      "changes: nothing is missed once Connected was said"
    ]
  },
  {
    name: "tells a process nothing that it did itself",
    ofProcess: (model) => withOrigin(model, (own) => !own),
    fails: [
      "changes: a token that was stored is told",
      "changes: a token that was removed is told",
      "changes: a revocation is told, even of an owner who holds nothing",
      "changes: a lease that was given back is told",
      "changes: what changed nothing is not told",
      "changes: the changes of a key are told in their order",
      "changes: everybody who listens hears everything",
      "changes: nothing is missed once Connected was said",
      "changes: a feed that was lost says so, and Connected when it is back",
      "secrecy: invariant 7: changes hold no secret",
      "bounds: invariant 8: one who does not listen holds nobody up, and misses nothing unknowing"
    ]
  },
  {
    name: "tells a process only what it did itself",
    ofProcess: (model) => withOrigin(model, (own) => own),
    fails: [
      "changes: a token that was stored is told",
      "changes: a token that was removed is told",
      "changes: a revocation is told, even of an owner who holds nothing",
      "changes: a lease that was given back is told",
      "changes: what changed nothing is not told",
      "changes: the changes of a key are told in their order",
      "changes: everybody who listens hears everything",
      "changes: nothing is missed once Connected was said"
    ]
  },
  {
    name: "falls silent when its feed is lost",
    store: ({ store }) => ({
      ...store,
      changes: Stream.catch(store.changes, () => Stream.never)
    }),
    fails: ["changes: a feed that was lost says so, and Connected when it is back"]
  },
  {
    name: "forgets changes for a listener that is slow",
    store: ({ store }) => ({
      ...store,
      changes: Stream.buffer(store.changes, { capacity: 64, strategy: "sliding" })
    }),
    fails: [
      "bounds: invariant 8: one who does not listen holds nobody up, and misses nothing unknowing"
    ]
  },
  {
    name: "holds up whoever puts until all have listened",
    store: ({ store }) => {
      let waiting = 0
      return {
        ...store,
        changes: Stream.mapEffect(store.changes, (change) =>
          Effect.sync(() => {
            waiting = change._tag === "Connected" ? 0 : waiting - 1
            return change
          })
        ),
        put: (stored, generation) =>
          Effect.suspend(() => (waiting++ > 500 ? Effect.never : store.put(stored, generation)))
      }
    },
    fails: [
      "bounds: invariant 8: one who does not listen holds nobody up, and misses nothing unknowing"
    ]
  }
]

/** What a process did itself is told to it, or it is not. */
const withOrigin = ({ store }: Model, isTold: (own: boolean) => boolean): Store => {
  const own = new Set<string>()
  const did = <A, E, R>(what: string, effect: Effect.Effect<A, E, R>) => {
    own.add(what)
    return effect
  }
  return {
    ...store,
    put: (stored, generation) => did(stored.key.text, store.put(stored, generation)),
    remove: (key, id) => did(key.text, store.remove(key, id)),
    revoke: (owner) => did(owner, store.revoke(owner)),
    lease: (key, atMost) => did(key.text, store.lease(key, atMost)),
    changes: Stream.filter(store.changes, (change) => {
      if (change._tag === "Connected") return true
      return isTold(own.has("owner" in change ? change.owner : change.text))
    })
  }
}
