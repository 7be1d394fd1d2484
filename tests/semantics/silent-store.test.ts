import { assert, describe, it } from "@effect/vitest"
import { type StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import * as TieredStore from "@onbehalf/core/TieredStore"
import * as MemoryStore from "@onbehalf/store-memory"
import { FaultyStore } from "@onbehalf/store-testkit"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { minting, revoking, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

/** Takes what is sent to it and never answers, as long as it is told so; counts what it is sent. */
const silentStore = (silence: Effect.Effect<never> = Effect.never) => {
  const state = { isSilent: true, sent: new Map<StoreError["operation"], number>() }
  const count = (operation: StoreError["operation"]) => state.sent.get(operation) ?? 0
  const store = Layer.effect(
    TokenStore,
    Effect.gen(function* () {
      const real = yield* MemoryStore.make()
      const over = <A, E, R>(operation: StoreError["operation"], effect: Effect.Effect<A, E, R>) =>
        Effect.suspend(() => {
          state.sent.set(operation, count(operation) + 1)
          return state.isSilent ? silence : effect
        })
      const far = {
        ...real,
        get: (key) => over("get", real.get(key)),
        put: (stored, generation) => over("put", real.put(stored, generation)),
        lease: (key, atMost) => over("lease", real.lease(key, atMost)),
        revoke: (owner) => over("revoke", real.revoke(owner))
      } satisfies TokenStore["Service"]
      return yield* TieredStore.make({ near: yield* MemoryStore.make(), far, timeout: 500 })
    })
  )
  return { state, store, count }
}

/** Lets virtual time go on until it is done; milliseconds that it took. */
const timed = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.forkChild(effect)
    while (fiber.pollUnsafe() === undefined) {
      yield* settle
      if (fiber.pollUnsafe() === undefined) yield* TestClock.adjust(100)
    }
    const value = yield* Fiber.join(fiber)
    return { value, took: (yield* Clock.currentTimeMillis) - began }
  })

describe("invariants 8 and 10: a store that never answers", () => {
  it.effect("F20: costs one wait, and every merchant gets a token", () => {
    const { count, store } = silentStore()
    return withBroker(
      minting,
      (broker) =>
        Effect.gen(function* () {
          const first = yield* timed(broker.acquire(yield* grantFor("merchant-1")))
          assert.strictEqual(first.took, 500)
          const second = yield* timed(broker.acquire(yield* grantFor("merchant-2")))
          assert.strictEqual(second.took, 0)
          assert.strictEqual(second.value.organisation, "merchant-2")
          assert.strictEqual(count("get") + count("lease") + count("put"), 1)
        }),
      { store }
    )
  })

  it.effect.each(["get", "lease", "put"])(
    "F20: costs one wait where no tier stands before it: %s",
    (silent) => {
      const plan: FaultyStore.FaultPlan = (operation) =>
        operation === silent ? FaultyStore.hang : undefined
      const store = Layer.provide(FaultyStore.layer(plan), MemoryStore.layer())
      return withBroker(
        minting,
        (broker) =>
          Effect.gen(function* () {
            const first = yield* timed(broker.acquire(yield* grantFor("merchant-1")))
            assert.strictEqual(first.took, 2_000)
            const second = yield* timed(broker.acquire(yield* grantFor("merchant-2")))
            assert.strictEqual(second.took, 0)
            assert.strictEqual(second.value.organisation, "merchant-2")
          }),
        { store }
      )
    }
  )

  it.effect("F20: costs no more where what was asked cannot be interrupted", () => {
    const { store } = silentStore(Effect.uninterruptible(Effect.never))
    return withBroker(
      revoking,
      (broker) =>
        Effect.gen(function* () {
          const acquired = yield* timed(broker.acquire(yield* grantFor("merchant-1")))
          assert.strictEqual(acquired.took, 500)
          const revoked = yield* timed(broker.revokeOrganisation("merchant-1"))
          // Before the upstream was asked, and after it.
          assert.isAtMost(revoked.took, 1_000)
        }),
      { store }
    )
  })

  it.effect("is asked again after a second, and used once it answers", () => {
    const { count, state, store } = silentStore()
    return withBroker(
      minting,
      (broker, asked) =>
        Effect.gen(function* () {
          yield* timed(broker.acquire(yield* grantFor("merchant-1")))
          state.isSilent = false
          yield* TestClock.adjust("1 second")
          yield* broker.acquire(yield* grantFor("merchant-2"))
          assert.isAbove(count("put"), 0)
          assert.strictEqual((yield* broker.entries).length, 1)
          assert.strictEqual(asked.length, 2)
        }),
      { store }
    )
  })

  it.effect("without a tier before it: the upstream hears of a revocation all the same", () => {
    const store = Layer.effect(
      TokenStore,
      Effect.map(MemoryStore.make(), (real) => ({
        ...real,
        revoke: () => Effect.never,
        remove: () => Effect.never
      }))
    )
    return withBroker(
      revoking,
      (broker, asked) =>
        Effect.gen(function* () {
          const token = yield* broker.acquire(yield* grantFor("merchant-1"))
          yield* timed(broker.revoke({ id: token.id, organisation: "merchant-1" }))
          yield* timed(broker.revokeOrganisation("merchant-1"))
          assert.deepStrictEqual(
            asked.slice(1).map(({ path }) => path),
            [
              `/organisations/merchant-1/tokens/${token.id}/revoke`,
              "/organisations/merchant-1/tokens/revoke"
            ]
          )
        }),
      { store }
    )
  })

  it.effect("is told of every revocation all the same, and keeps none waiting", () => {
    const { count, store } = silentStore()
    return withBroker(
      revoking,
      (broker) =>
        Effect.gen(function* () {
          yield* timed(broker.acquire(yield* grantFor("merchant-1")))
          const { took, value } = yield* timed(broker.revokeOrganisation("merchant-1"))
          assert.strictEqual(value.outcome, "revoked")
          // Before the upstream was asked, after it, and perhaps again since.
          assert.isAtLeast(count("revoke"), 2)
          assert.isAtMost(took, 1_000)
        }),
      { store }
    )
  })
})
