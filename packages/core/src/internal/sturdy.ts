import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { StoreError, type TokenStore } from "../TokenStore.ts"

/**
 * A store that dies where it should fail, because it throws or takes a client's rejected promise for a defect, is a
 * store in trouble like any other (invariant 10). What it died of may hold what it keeps, and is not told.
 */
export const sturdy = (store: TokenStore["Service"]): TokenStore["Service"] => ({
  // Said one by one: a store may be an object of a class, of which a copy has nothing.
  peek: (key) => store.peek(key),
  epoch: () => store.epoch(),
  get: (key) => surviving("get", () => store.get(key)),
  put: (stored, generation) => surviving("put", () => store.put(stored, generation)),
  remove: (key, id) => surviving("remove", () => store.remove(key, id)),
  revoke: (owner) => surviving("revoke", () => store.revoke(owner)),
  lease: (key, atMost) =>
    releasing((scope) => surviving("lease", () => Scope.provide(store.lease(key, atMost), scope))),
  changes: Stream.catchDefect(store.changes, () => Stream.fail(died("changes"))),
  entries: surviving("entries", () => store.entries)
})

type Operation = StoreError["operation"]

const died = (operation: Operation): StoreError =>
  new StoreError({ operation, problem: "it died where it should have failed" })

const surviving = <A>(
  operation: Operation,
  run: () => Effect.Effect<A, StoreError>
): Effect.Effect<A, StoreError> =>
  Effect.catchDefect(Effect.suspend(run), () => Effect.fail(died(operation)))

/** What is released in a scope of its own: that it dies then takes nothing from what the lease was for. */
const releasing = <A>(
  use: (scope: Scope.Scope) => Effect.Effect<A, StoreError>
): Effect.Effect<A, StoreError, Scope.Scope> =>
  Effect.flatMap(
    Effect.acquireRelease(Scope.make(), (scope, exit) =>
      Effect.catchDefect(Scope.close(scope, exit), () => Effect.void)
    ),
    use
  )
