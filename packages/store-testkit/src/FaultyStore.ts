/**
 * A store that is in trouble on demand, around any store that is not. Which operation is met by which fault
 * is a pure function of the operation and of how often it was called: the same every time.
 *
 * @since 0.1.0
 */
import { StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import type { Lookup } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

/**
 * - `Fail`: it is not done, and fails
 * - `Lose`: it is done, but the answer is lost: it fails
 * - `Delay`: it is done later
 * - `Hang`: it never ends
 * - `Corrupt`: `get` gives a record of another key
 * - `Drop`: `put` says that it stored and did not; a `change` is not told
 *
 * What an operation has nothing for, such as `Drop` for `get`, leaves it as it is.
 *
 * @category models
 * @since 0.1.0
 */
export type Fault =
  | { readonly _tag: "Fail" | "Lose" | "Hang" | "Corrupt" | "Drop" }
  | { readonly _tag: "Delay"; readonly millis: number }

/**
 * The operations of the protocol. `changes` is a subscription; `change` is one change on its way to a
 * listener, other than `Connected`.
 *
 * @category models
 * @since 0.1.0
 */
export type Operation = StoreError["operation"] | "change"

/**
 * What meets an operation, or nothing. `count`: how often it was called before, by anybody.
 *
 * @category models
 * @since 0.1.0
 */
export type FaultPlan = (operation: Operation, count: number) => Fault | undefined

/**
 * It is not done, and fails.
 *
 * @category faults
 * @since 0.1.0
 */
export const fail: Fault = { _tag: "Fail" }

/**
 * It is done, but the answer is lost: it fails.
 *
 * @category faults
 * @since 0.1.0
 */
export const lose: Fault = { _tag: "Lose" }

/**
 * It never ends.
 *
 * @category faults
 * @since 0.1.0
 */
export const hang: Fault = { _tag: "Hang" }

/**
 * `get` gives a record of another key.
 *
 * @category faults
 * @since 0.1.0
 */
export const corrupt: Fault = { _tag: "Corrupt" }

/**
 * `put` says that it stored and did not; a `change` is not told to a listener.
 *
 * @category faults
 * @since 0.1.0
 */
export const drop: Fault = { _tag: "Drop" }

/**
 * It is done so many milliseconds later.
 *
 * @category faults
 * @since 0.1.0
 */
export const delay = (millis: number): Fault => ({ _tag: "Delay", millis })

/**
 * A fault for each call of an operation, in their order; none from where the script ends.
 *
 * @category plans
 * @since 0.1.0
 */
export const script =
  (lines: Partial<Record<Operation, ReadonlyArray<Fault | undefined>>>): FaultPlan =>
  (operation, count) =>
    lines[operation]?.[count]

/**
 * Faults by shares: `seeded(1, { get: [[0.1, fail], [0.05, hang]] })` fails a tenth of all looks and leaves a
 * twentieth without an answer. The seed decides which.
 *
 * @category plans
 * @since 0.1.0
 */
export const seeded =
  (
    seed: number,
    shares: Partial<Record<Operation, ReadonlyArray<readonly [share: number, fault: Fault]>>>
  ): FaultPlan =>
  (operation, count) => {
    let left = fractionOf(`${seed} ${operation} ${count}`)
    return shares[operation]?.find(([share]) => (left -= share) < 0)?.[1]
  }

/** A number from 0 to 1 that every text has for good (FNV-1a, then the last step of MurmurHash3). */
const fractionOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/**
 * The store that is provided, in the trouble that is planned.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (plan: FaultPlan): Layer.Layer<TokenStore, never, TokenStore> =>
  Layer.effect(
    TokenStore,
    TokenStore.useSync((store) => make(store, plan))
  )

/**
 * A store in the trouble that is planned. `peek` and `epoch` are not touched: they do no I/O.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (store: TokenStore["Service"], plan: FaultPlan): TokenStore["Service"] => {
  const next = counted(plan)
  const met = <A, R>(operation: StoreError["operation"], effect: Effect.Effect<A, StoreError, R>) =>
    Effect.suspend(() => meet(next(operation), operation, effect))

  return TokenStore.of({
    peek: store.peek,
    epoch: store.epoch,
    get: (key) =>
      Effect.suspend(() => {
        const fault = next("get")
        const lookup = meet(fault, "get", store.get(key))
        return fault?._tag === "Corrupt" ? Effect.map(lookup, ofAnotherKey) : lookup
      }),
    put: (stored, generation) =>
      Effect.suspend(() => {
        const fault = next("put")
        return fault?._tag === "Drop"
          ? Effect.succeed("stored")
          : meet(fault, "put", store.put(stored, generation))
      }),
    remove: (key, id) => met("remove", store.remove(key, id)),
    revoke: (owner) => met("revoke", store.revoke(owner)),
    lease: (key, atMost) => met("lease", store.lease(key, atMost)),
    changes: Stream.unwrap(met("changes", Effect.succeed(store.changes))).pipe(
      // One at a time, so that what a fault meets takes nothing with it that came before.
      Stream.rechunk(1),
      Stream.filterEffect((change) =>
        Effect.suspend(() => {
          const fault = change._tag === "Connected" ? undefined : next("change")
          return meet(fault, "changes", Effect.succeed(fault?._tag !== "Drop"))
        })
      )
    ),
    entries: met("entries", store.entries)
  })
}

/** The plan, with the count kept for each operation. */
const counted = (plan: FaultPlan): ((operation: Operation) => Fault | undefined) => {
  const counts = new Map<Operation, number>()
  return (operation) => {
    const count = counts.get(operation) ?? 0
    counts.set(operation, count + 1)
    return plan(operation, count)
  }
}

const meet = <A, R>(
  fault: Fault | undefined,
  operation: StoreError["operation"],
  effect: Effect.Effect<A, StoreError, R>
): Effect.Effect<A, StoreError, R> => {
  switch (fault?._tag) {
    case "Fail":
      return new StoreError({ operation, problem: "planned" })
    case "Lose":
      return Effect.andThen(effect, new StoreError({ operation, problem: "planned" }))
    case "Delay":
      return Effect.delay(effect, fault.millis)
    case "Hang":
      return Effect.never
    default:
      return effect
  }
}

const ofAnotherKey = (lookup: Lookup): Lookup => {
  const { held } = lookup
  if (held === undefined) return lookup
  const { key } = held
  return {
    ...lookup,
    held: { ...held, key: { ...key, text: `${key.text}0:`, owner: `${key.owner}0:` } }
  }
}
