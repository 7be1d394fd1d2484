import * as Lifetime from "@onbehalf/core/Lifetime"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import type {
  Lease,
  StoreChange,
  StoredToken,
  StoreError,
  TokenStore
} from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as assert from "node:assert/strict"
import type { Workbench } from "../Workbench.ts"

export type Store = TokenStore["Service"]

/** Puts as a flight does that nothing overtook. */
export const keep = Effect.fnUntraced(function* (
  store: Store,
  stored: StoredToken
): Effect.fn.Return<void, StoreError> {
  const { generation } = yield* store.get(stored.key)
  const outcome = yield* store.put(stored, generation)
  assert.equal(outcome, "stored", "a put that no revocation overtook is stored")
})

export const heldIn = (
  store: Store,
  key: TokenKey
): Effect.Effect<StoredToken | undefined, StoreError> =>
  Effect.map(store.get(key), (lookup) => lookup.held)

/** Asks for a key, and expects this token, or none. */
export const expectHeld = Effect.fnUntraced(function* (
  store: Store,
  key: TokenKey,
  id: string | undefined,
  message: string
): Effect.fn.Return<void, StoreError> {
  const held = yield* heldIn(store, key)
  assert.equal(held?.token.id, id, message)
})

/** Whole: the key that it carries, whom it is for, and its text. */
export const expectSame = (actual: StoredToken | undefined, expected: StoredToken): void => {
  assert.ok(actual !== undefined, "what was put is found")
  assert.deepEqual(plain(actual), plain(expected))
}

const plain = ({ key, token }: StoredToken) => ({
  key: { ...key },
  id: token.id,
  organisation: token.organisation,
  scopes: [...token.scopes],
  resourceId: token.resourceId,
  text: token.reveal()
})

/**
 * A life may be off by the time that the ways there and back took, for no clock can tell more; and by a
 * millisecond of rounding on each.
 */
export const expectSameLife = (
  actual: StoredToken | undefined,
  expected: StoredToken,
  elapsed: number
): void => {
  assert.ok(actual !== undefined, "what was put is found")
  for (const point of ["issued", "renewal", "limit", "end"] as const) {
    const off = Math.abs(actual.lifetime[point] - expected.lifetime[point])
    assert.ok(off <= elapsed + 2, `${point} is off by ${off} ms after ways of ${elapsed} ms`)
  }
}

/** How long an effect took, with its result. */
export const timed = <A, E, R>(
  bench: Workbench,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<readonly [elapsed: number, result: A], E, R> =>
  Effect.suspend(() => {
    const began = bench.now()
    return Effect.map(effect, (result) => [bench.now() - began, result] as const)
  })

/** Whether a token could still be used, whatever it says of itself. */
export const isGivenOut = (held: StoredToken | undefined, now: number): boolean =>
  held !== undefined && Lifetime.isUsable(held.lifetime, now)

/** A lease with its own end, for cases in which it does not end with the case. */
export const take = Effect.fnUntraced(function* (
  store: Store,
  key: TokenKey,
  atMost: number
): Effect.fn.Return<
  { readonly lease: Lease | undefined; readonly release: Effect.Effect<void> },
  StoreError,
  Scope.Scope
> {
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope, exit) =>
    Scope.close(scope, exit)
  )
  const lease = yield* Scope.provide(store.lease(key, atMost), scope)
  return { lease, release: Scope.close(scope, Exit.void) }
})

/** Milliseconds until a lost feed is followed again. */
const pause = 20

/** Follows the changes, again after each loss, from the first `Connected` on; what was heard grows. */
export const listen = Effect.fnUntraced(function* (
  bench: Workbench,
  store: Store
): Effect.fn.Return<ReadonlyArray<StoreChange>, never, Scope.Scope> {
  const heard: Array<StoreChange> = []
  yield* store.changes.pipe(
    Stream.runForEach((change) => Effect.sync(() => heard.push(change))),
    Effect.ignore,
    Effect.repeat(Schedule.spaced(pause)),
    Effect.forkScoped
  )
  yield* bench.eventually(
    "the feed of changes says Connected",
    Effect.sync(() => heard.some((change) => change._tag === "Connected"))
  )
  return heard
})

export const expectToHear = (
  bench: Workbench,
  heard: ReadonlyArray<StoreChange>,
  expected: StoreChange
): Effect.Effect<void> =>
  bench.eventually(
    `the feed tells ${expected._tag}`,
    Effect.sync(() => heard.some((change) => isMatch(change, expected)))
  )

const isMatch = (change: StoreChange, expected: StoreChange): boolean => {
  const fields = new Map(Object.entries(change))
  return Object.entries(expected).every(([name, value]) => fields.get(name) === value)
}
