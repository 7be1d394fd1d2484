/** A store that another process would hold, in trouble as a test says. */
import * as MemoryStore from "@onbehalf/store-memory"
import * as TieredStore from "@onbehalf/core/TieredStore"
import { StoreError, type StoredToken, TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

type Operation = StoreError["operation"]

/** A number: it takes that many milliseconds. `dying`: with a defect, where it should fail. */
type Fault = "down" | "dying" | "hanging" | number

export interface TroubledStore {
  /** What ails it; may change at any time. */
  readonly faults: Partial<Record<Operation, Fault>>
  /** What a look finds instead of what lies there. */
  readonly poison: { instead?: (held: StoredToken) => StoredToken }
}

export const operations: ReadonlyArray<Operation> = [
  "get",
  "put",
  "remove",
  "revoke",
  "lease",
  "entries"
]

/** The same fault in several operations. */
export const faultsIn = (which: ReadonlyArray<Operation>, fault: Fault): TroubledStore["faults"] =>
  Object.fromEntries(which.map((operation) => [operation, fault]))

export const troubled = (faults: TroubledStore["faults"] = {}): TroubledStore => ({
  faults: { ...faults },
  poison: {}
})

/** Nothing of it is in this process: every look goes out. */
export const far = (trouble: TroubledStore) => Layer.effect(TokenStore, makeFar(trouble))

/** With a near tier in this process before it. */
export const tiered = (trouble: TroubledStore) =>
  Layer.effect(
    TokenStore,
    Effect.gen(function* () {
      return yield* TieredStore.make({
        near: yield* MemoryStore.make(),
        far: yield* makeFar(trouble)
      })
    })
  )

const makeFar = ({ faults, poison }: TroubledStore) =>
  Effect.map(MemoryStore.make(), (shared) => {
    const over =
      (operation: Operation) =>
      <A, R>(effect: Effect.Effect<A, StoreError, R>): Effect.Effect<A, StoreError, R> =>
        Effect.suspend(() => {
          const fault = faults[operation]
          if (fault === "down") return new StoreError({ operation, problem: "down" })
          if (fault === "dying") return Effect.die(new Error("canary-of-a-client"))
          if (fault === "hanging") return Effect.never
          return fault === undefined ? effect : Effect.delay(effect, fault)
        })
    return TokenStore.of({
      peek: () => undefined,
      epoch: () => Number.NaN,
      get: (key) =>
        Effect.map(over("get")(shared.get(key)), ({ generation, held }) => ({
          generation,
          held: held === undefined ? undefined : (poison.instead?.(held) ?? held)
        })),
      put: (stored, generation) => over("put")(shared.put(stored, generation)),
      remove: (key, id) => over("remove")(shared.remove(key, id)),
      revoke: (owner) => over("revoke")(shared.revoke(owner)),
      lease: (key, atMost) => over("lease")(shared.lease(key, atMost)),
      changes: Stream.suspend(() => {
        if (faults.changes === "dying") return Stream.die(new Error("canary-of-a-client"))
        return faults.changes === "down"
          ? Stream.fail(new StoreError({ operation: "changes", problem: "down" }))
          : shared.changes
      }),
      entries: over("entries")(shared.entries)
    })
  })
