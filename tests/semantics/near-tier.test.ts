import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TieredStore from "@onbehalf/core/TieredStore"
import * as MemoryStore from "@onbehalf/store-memory"
import { testKey, testToken } from "@onbehalf/store-testkit"
import { StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import { minting, revoking, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

describe("invariant 3: what is gone is not kept in a near tier", () => {
  it.effect.each(["finds it revoked", "fails"])(
    "T25: one revoked elsewhere before the far tier failed is not kept, whoever looked: that look %s",
    (look) => {
      let isDown = false
      const gate = Promise.withResolvers<void>()
      const shared = Effect.runSync(MemoryStore.make())
      const failing = {
        ...shared,
        get: (key) =>
          isDown ? new StoreError({ operation: "get", problem: "down" }) : shared.get(key),
        put: () => new StoreError({ operation: "put", problem: "down" })
      } satisfies TokenStore["Service"]
      const store = Layer.effect(
        TokenStore,
        Effect.flatMap(MemoryStore.make(), (near) => TieredStore.make({ near, far: failing }))
      )
      return withBroker(
        async (asked, count) => {
          if (count === 1) await gate.promise
          return minting(asked, count)
        },
        (broker) =>
          Effect.gen(function* () {
            const grant = yield* grantFor("merchant-1")
            const waiting = yield* Effect.forkChild(broker.acquire(grant))
            yield* settle
            const { key } = yield* broker.source(grant)
            yield* shared.revoke(key.owner)
            yield* settle
            isDown = look === "fails"
            yield* broker.explain(grant)
            gate.resolve()
            const overtaken = yield* Fiber.join(waiting)
            assert.notStrictEqual((yield* broker.acquire(grant)).id, overtaken.id)
          }),
        { store }
      )
    }
  )

  it.effect("T24: a token removed elsewhere while the far tier answers is not kept", () => {
    const gate = Promise.withResolvers<void>()
    const slow = { isOn: false }
    const shared = Effect.runSync(MemoryStore.make())
    const tier = (far: TokenStore["Service"]) =>
      Layer.effect(
        TokenStore,
        Effect.flatMap(MemoryStore.make(), (near) => TieredStore.make({ near, far }))
      )
    const answering = {
      ...shared,
      get: (key) =>
        Effect.tap(shared.get(key), () =>
          slow.isOn ? Effect.promise(() => gate.promise) : Effect.void
        )
    } satisfies TokenStore["Service"]
    return withBroker(
      revoking,
      (other) =>
        withBroker(
          (asked, count) => minting(asked, count + 100),
          (broker) =>
            Effect.gen(function* () {
              const grant = yield* grantFor("merchant-1")
              const revoked = yield* other.acquire(grant)
              slow.isOn = true
              const waiting = yield* Effect.forkChild(broker.acquire(grant))
              yield* settle
              yield* other.revoke({ id: revoked.id, organisation: "merchant-1" })
              yield* settle
              slow.isOn = false
              gate.resolve()
              assert.notStrictEqual((yield* Fiber.join(waiting)).id, revoked.id)
              assert.notStrictEqual((yield* broker.acquire(grant)).id, revoked.id)
            }),
          { store: tier(answering) }
        ),
      { store: tier(shared) }
    )
  })

  it.effect(
    "T24: a token removed here while the far tier answers is not kept, with the feed cut",
    () =>
      Effect.gen(function* () {
        const gate = Promise.withResolvers<void>()
        const shared = yield* MemoryStore.make()
        const far = {
          ...shared,
          get: (key) => Effect.tap(shared.get(key), () => Effect.promise(() => gate.promise)),
          changes: Stream.fail(new StoreError({ operation: "changes", problem: "down" }))
        } satisfies TokenStore["Service"]
        const store = yield* TieredStore.make({ near: yield* MemoryStore.make(), far })
        const key = testKey()
        yield* shared.put(testToken(key, "token-1"), 0)
        const looking = yield* Effect.forkChild(store.get(key))
        yield* settle
        assert.isTrue(yield* store.remove(key, "token-1"))
        gate.resolve()
        assert.isUndefined((yield* Fiber.join(looking)).held)
        assert.isUndefined(store.peek(key))
      })
  )

  it.effect.each([
    ["revoked", "get"],
    ["revoked", "put"],
    ["revoked by its id", "put"],
    ["revoked", "put, which fails"]
  ] as const)(
    "T24: a token %s elsewhere, of which this process hears before the far tier's answer, goes to nobody who asks then: %s",
    ([how, where]) =>
      Effect.gen(function* () {
        const gate = Promise.withResolvers<void>()
        let isSlow = false
        const shared = yield* MemoryStore.make()
        const late = (operation: "get" | "put") =>
          Effect.suspend(() => {
            if (!isSlow || !where.startsWith(operation)) return Effect.void
            const answer = Effect.promise(() => gate.promise)
            return where === "put, which fails"
              ? Effect.andThen(answer, new StoreError({ operation, problem: "down" }))
              : answer
          })
        const far = {
          ...shared,
          get: (key) => Effect.tap(shared.get(key), () => late("get")),
          put: (stored, generation) => Effect.tap(shared.put(stored, generation), () => late("put"))
        } satisfies TokenStore["Service"]
        yield* withBroker(
          revoking,
          (other) =>
            withBroker(
              revoking,
              (broker) =>
                Effect.gen(function* () {
                  const grant = yield* grantFor("merchant-1")
                  if (where === "get") yield* other.acquire(grant)
                  isSlow = true
                  const before = yield* Effect.forkChild(broker.acquire(grant))
                  yield* settle
                  const { id } = yield* other.acquire(grant)
                  yield* how === "revoked"
                    ? other.revokeOrganisation("merchant-1")
                    : other.revoke({ id, organisation: "merchant-1" })
                  yield* settle
                  const after = yield* Effect.forkChild(broker.acquire(grant))
                  yield* settle
                  isSlow = false
                  gate.resolve()
                  yield* Fiber.join(before)
                  assert.notStrictEqual((yield* Fiber.join(after)).id, id)
                  assert.notStrictEqual((yield* broker.acquire(grant)).id, id)
                }),
              { store: tierOn(far) }
            ),
          { store: tierOn(shared) }
        )
      })
  )
})

const tierOn = (far: TokenStore["Service"]) =>
  Layer.effect(
    TokenStore,
    Effect.flatMap(MemoryStore.make(), (near) => TieredStore.make({ near, far }))
  )
