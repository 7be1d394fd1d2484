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
    Effect.flatMap(ownScope, (scope) =>
      surviving("lease", () => Scope.provide(store.lease(key, atMost), scope))
    ),
  changes: Stream.catchDefect(store.changes, () => Stream.fail(died("changes"))),
  entries: surviving("entries", () => store.entries)
})

const died = (operation: StoreError["operation"]): StoreError =>
  new StoreError({ operation, problem: "it died" })

const surviving = <A>(
  operation: StoreError["operation"],
  run: () => Effect.Effect<A, StoreError>
): Effect.Effect<A, StoreError> => Effect.catchDefect(Effect.suspend(run), () => died(operation))

/** That a lease dies when it is let go of takes nothing from what it was for. */
const ownScope = Effect.acquireRelease(Scope.make(), (scope, exit) =>
  Effect.catchDefect(Scope.close(scope, exit), () => Effect.void)
)
