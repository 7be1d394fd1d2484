/** A store that keeps every promise and can do everything that cases need, to be broken one promise at a time. */
import { AccessToken } from "@onbehalf/core/AccessToken"
import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type StoredToken, StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { StoreBackend, StoreCase } from "../../src/index.ts"

export type Store = TokenStore["Service"]

export interface Model {
  /** Keeps every promise. */
  readonly store: Store
  readonly now: () => number
  /** The texts of keys whose record was damaged, or is another key's. */
  readonly damaged: Set<string>
  /** What lies in the store, damaged or not. */
  readonly memory: Store
  /** Ends every feed with an error. */
  readonly cut: () => void
}

export interface BrokenStore {
  readonly name: string
  /** The most tokens that it holds, whatever it was told. Default: what it was told. */
  readonly holds?: number
  /** The store that all processes share. */
  readonly store?: (model: Model) => Store
  /** What each process makes of it. */
  readonly ofProcess?: (model: Model) => Store | Effect.Effect<Store, never, Scope.Scope>
  readonly backend?: (model: Model) => Partial<StoreBackend>
  /** The cases that it fails, and no others: group and name. */
  readonly fails: ReadonlyArray<string>
}

export const capacity = 200

/** The backend of a broken store; of a healthy one, where nothing is broken. */
export const backendOf = (broken: Partial<BrokenStore>) =>
  Effect.gen(function* (): Effect.fn.Return<StoreBackend> {
    const model = yield* makeModel(broken.holds ?? capacity)
    const shared = { ...model, store: broken.store?.(model) ?? model.store }
    const ofProcess = Effect.suspend(() => {
      const store = broken.ofProcess?.(shared) ?? shared.store
      return Effect.isEffect(store) ? store : Effect.succeed(store)
    })
    return {
      layer: Layer.effect(TokenStore, ofProcess),
      corrupt: (key) => Effect.sync(() => model.damaged.add(key.text)),
      transplant: (_from, to) => Effect.sync(() => model.damaged.add(to.text)),
      atRest: Effect.map(model.store.entries, (entries) => entries.map(({ id }) => id)),
      disconnect: Effect.sync(model.cut),
      capacity,
      ...broken.backend?.(shared)
    }
  })

const makeModel = Effect.fnUntraced(function* (maximumTokens: number): Effect.fn.Return<Model> {
  const memory = yield* Effect.orDie(MemoryStore.make({ maximumTokens }))
  const damaged = new Set<string>()
  const feed = makeCuttable(memory.changes)
  return {
    memory,
    damaged,
    now: monotonicMillis(yield* Clock.Clock),
    cut: feed.cut,
    store: { ...withoutDamage(memory, damaged), changes: feed.changes }
  }
})

/** A damaged record is a miss, and gone. */
const withoutDamage = (memory: Store, damaged: Set<string>): Store => ({
  ...memory,
  get: (key) =>
    Effect.flatMap(memory.get(key), (lookup) =>
      damaged.delete(key.text) && lookup.held !== undefined
        ? Effect.as(memory.remove(key, lookup.held.token.id), { ...lookup, held: undefined })
        : Effect.succeed(lookup)
    ),
  put: (stored, generation) =>
    Effect.suspend(() => {
      damaged.delete(stored.key.text)
      return memory.put(stored, generation)
    })
})

const makeCuttable = (changes: Store["changes"]) => {
  const listeners = new Set<() => void>()
  const lost: Stream.Stream<never, StoreError> = Stream.fromEffect(
    Effect.callback((resume) => {
      const end = () => resume(new StoreError({ operation: "changes", problem: "cut" }))
      listeners.add(end)
      return Effect.sync(() => listeners.delete(end))
    })
  )
  return {
    changes: Stream.merge(changes, lost),
    cut: () => {
      for (const end of listeners) end()
    }
  }
}

/** The name by which a broken store says what it fails, the same for one process and for two. */
export const nameOf = ({ group, name }: StoreCase): string =>
  `${group}: ${name.replace(/, between processes$/, "")}`

/** A store with another `get`: what is held, as it comes back. */
export const alteringHeld = (
  store: Store,
  alter: (held: StoredToken, key: TokenKey) => StoredToken | undefined
): Store => ({
  ...store,
  get: (key) =>
    Effect.map(store.get(key), (lookup) => ({
      ...lookup,
      held: lookup.held === undefined ? undefined : alter(lookup.held, key)
    }))
})

/** A store whose tokens come back with other fields. */
export const alteringToken = (
  store: Store,
  alter: (token: AccessToken) => Partial<Pick<AccessToken, "scopes" | "resourceId" | "value">>
): Store =>
  alteringHeld(store, (held) => {
    const { id, organisation, resourceId, scopes, value } = held.token
    const token = { id, organisation, resourceId, scopes, value, ...alter(held.token) }
    return { ...held, token: new AccessToken(token) }
  })
