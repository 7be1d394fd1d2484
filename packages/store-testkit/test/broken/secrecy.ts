import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Buffer } from "node:buffer"
import { alteringHeld, type BrokenStore, type Model, type Store } from "./model.ts"

/** The texts that lie in the store. */
const texts = ({ memory }: Model) =>
  Effect.map(Effect.orDie(memory.entries), (entries) =>
    entries.flatMap(({ key }) => memory.peek(key)?.token.reveal() ?? [])
  )

const withProperty = <A extends object>(value: A, secret: string): A => ({ ...value, secret })

export const secrecy: ReadonlyArray<BrokenStore> = [
  {
    name: "lists its secrets",
    store: (model) => ({
      ...model.store,
      entries: Effect.map(model.store.entries, (entries) =>
        entries.map((entry) =>
          withProperty(entry, model.memory.peek(entry.key)?.token.reveal() ?? "")
        )
      )
    }),
    fails: ["secrecy: invariant 7: entries hold no secret"]
  },
  {
    name: "tells its secrets",
    store: (model) => {
      let last = ""
      return {
        ...model.store,
        put: (stored, generation) => {
          last = stored.token.reveal()
          return model.store.put(stored, generation)
        },
        changes: Stream.map(model.store.changes, (change) =>
          change._tag === "Stored" ? withProperty(change, last) : change
        )
      }
    },
    fails: ["secrecy: invariant 7: changes hold no secret"]
  },
  {
    name: "gives tokens that print their secret",
    store: ({ store }) => alteringHeld(store, (held) => withProperty(held, held.token.reveal())),
    fails: ["secrecy: invariant 7: a token that comes back prints no secret"]
  },
  {
    name: "prints its secrets",
    store: ({ store }) => {
      const last: { text?: string } = {}
      const printing: Store & { readonly last: object } = {
        ...store,
        last,
        put: (stored, generation) => {
          last.text = stored.token.reveal()
          return store.put(stored, generation)
        }
      }
      return printing
    },
    fails: ["secrecy: invariant 7: the store prints no secret"]
  },
  {
    name: "logs its secrets",
    store: ({ store }) => ({
      ...store,
      put: (stored, generation) =>
        Effect.andThen(Effect.logDebug("put", stored.token.reveal()), store.put(stored, generation))
    }),
    fails: ["secrecy: invariant 7: the store logs no secret"]
  },
  ...(["utf8", "base64", "hex"] as const).map((encoding) => ({
    name: `keeps its secrets in ${encoding}`,
    backend: (model: Model) => ({
      atRest: Effect.map(texts(model), (all) =>
        all.map((text) => Buffer.from(`{"token":"${text}"}`).toString(encoding))
      )
    }),
    fails: ["secrecy: T23: what is kept outside the process is sealed"]
  }))
]
