import * as TokenKey from "@onbehalf/core/TokenKey"
import type { StoredToken } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { BrokenStore } from "./model.ts"

/** Keeps tokens under another text than the key's, and takes what it finds there for what was asked for. */
const under = (rewrite: (text: string) => string): Pick<BrokenStore, "store" | "backend"> => ({
  backend: ({ damaged }) => {
    const damage = ({ text }: TokenKey.TokenKey) => Effect.sync(() => damaged.add(rewrite(text)))
    return { corrupt: damage, transplant: (_from, to) => damage(to) }
  },
  store: ({ store }) => {
    /** What was meant last by a text that was rewritten. */
    const meant = new Map<string, string>()
    const inner = (text: string): string => {
      meant.set(rewrite(text), text)
      return rewrite(text)
    }
    const outer = (text: string): string => meant.get(text) ?? text
    const translated = (key: TokenKey.TokenKey, by: (text: string) => string) => ({
      ...key,
      text: by(key.text),
      owner: by(key.owner)
    })
    const taken = (stored: StoredToken) => ({ ...stored, key: translated(stored.key, outer) })
    return {
      ...store,
      peek: (key) => {
        const held = store.peek(translated(key, inner))
        return held && taken(held)
      },
      get: (key) =>
        Effect.map(store.get(translated(key, inner)), ({ generation, held }) => ({
          generation,
          held: held && taken(held)
        })),
      put: (stored, generation) =>
        store.put({ ...stored, key: translated(stored.key, inner) }, generation),
      remove: (key, id) => store.remove(translated(key, inner), id),
      revoke: (owner) => store.revoke(inner(owner)),
      lease: (key, atMost) => store.lease(translated(key, inner), atMost),
      entries: Effect.map(store.entries, (entries) =>
        entries.map((entry) => ({ ...entry, key: translated(entry.key, outer) }))
      ),
      changes: Stream.map(store.changes, (change) => {
        if ("owner" in change) return { ...change, owner: outer(change.owner) }
        return "text" in change ? { ...change, text: outer(change.text) } : change
      })
    }
  }
})

/** Without one of its parts: environment, address, account, organisation, kind, life, scopes. */
const without = (part: number) => (text: string) =>
  Option.match(TokenKey.decode(text), {
    onNone: () => text,
    onSome: (parts) => TokenKey.encode(parts.toSpliced(part, 1))
  })

export const isolation: ReadonlyArray<BrokenStore> = [
  {
    name: "leaves the environment out of its keys",
    ...under(without(0)),
    fails: [
      "isolation: T4: no key is taken for another",
      "isolation: remove reaches its own key only",
      "isolation: revoke reaches its own owner only",
      "isolation: a lease holds its own key only",
      "corruption: T5: a record that was copied to another key is a miss"
    ]
  },
  {
    name: "leaves the account out of its keys",
    ...under(without(2)),
    fails: [
      "isolation: T4: no key is taken for another",
      "isolation: remove reaches its own key only",
      "isolation: revoke reaches its own owner only",
      "isolation: a lease holds its own key only",
      "corruption: T5: a record that was copied to another key is a miss"
    ]
  },
  {
    name: "leaves the life out of its keys",
    ...under(without(5)),
    fails: [
      "isolation: T4: no key is taken for another",
      "isolation: remove reaches its own key only",
      "isolation: revoke reaches its own owner only",
      "isolation: a lease holds its own key only"
    ]
  },
  {
    name: "cuts its keys at 1 000 characters",
    ...under((text) => text.slice(0, 1_000)),
    fails: [
      "isolation: T4: no key is taken for another",
      "isolation: revoke reaches its own owner only",
      "isolation: a lease holds its own key only"
    ]
  },
  {
    name: "has no case in its keys",
    ...under((text) => text.toLowerCase()),
    fails: [
      "isolation: T4: no key is taken for another",
      "isolation: remove reaches its own key only",
      "isolation: revoke reaches its own owner only",
      "isolation: a lease holds its own key only"
    ]
  },
  {
    name: "normalises its keys",
    ...under((text) => text.normalize()),
    fails: [
      "isolation: T4: no key is taken for another",
      "isolation: revoke reaches its own owner only",
      "isolation: a lease holds its own key only"
    ]
  },
  {
    name: "removes every token of an owner with the one that was meant",
    store: ({ store }) => ({
      ...store,
      remove: (key, id) =>
        Effect.tap(store.remove(key, id), (removed) =>
          Effect.flatMap(store.entries, (entries) =>
            Effect.forEach(
              entries.filter((entry) => removed && entry.key.owner === key.owner),
              (entry) => store.remove(entry.key, entry.id)
            )
          )
        )
    }),
    fails: ["isolation: remove reaches its own key only"]
  },
  {
    name: "takes every owner for revoked whose name begins alike",
    store: ({ store }) => ({
      ...store,
      revoke: (owner) =>
        Effect.gen(function* () {
          const name = (text: string) => Option.getOrElse(TokenKey.decode(text), () => [])[3] ?? ""
          const owners = new Set((yield* store.entries).map((entry) => entry.key.owner))
          const alike = [...owners].filter((one) => name(one).startsWith(name(owner)))
          const counts = yield* Effect.forEach([owner, ...alike], store.revoke)
          return counts.reduce((sum, count) => sum + count, 0)
        })
    }),
    fails: ["isolation: revoke reaches its own owner only"]
  },
  {
    name: "has one lease for all keys of an owner",
    store: ({ store }) => ({
      ...store,
      lease: (key, atMost) => store.lease({ ...key, text: key.owner }, atMost)
    }),
    fails: [
      "isolation: a lease holds its own key only",
      "changes: a lease that was given back is told"
    ]
  }
]
