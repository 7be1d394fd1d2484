import { assert, describe, it } from "@effect/vitest"
import { type Lookup, StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { type Answers, minting, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

const nobody = { data: [], page: { pageNumber: 1, pageSize: 1, totalElements: 0, totalPages: 0 } }

const never = new Promise<Response>(() => undefined)

/** Tokens as ever; the list of organisations answers with what `list` says at the time. */
const listing =
  (list: { status: number | "never" }): Answers =>
  (asked, count) => {
    if (asked.path !== "/organisations") return minting(asked, count)
    if (list.status === "never") return never
    return Response.json(list.status === 200 ? nobody : {}, { status: list.status })
  }

/** A store whose look-ups do what `get` says at the time. */
const storeThat = (get: { fails: boolean | "never" }) =>
  Layer.effect(
    TokenStore,
    Effect.map(MemoryStore.make(), (store) => ({
      ...store,
      get: (key): Effect.Effect<Lookup, StoreError> => {
        if (get.fails === "never") return Effect.never
        return get.fails
          ? Effect.fail(new StoreError({ operation: "get", problem: "down" }))
          : store.get(key)
      }
    })) satisfies Effect.Effect<TokenStore["Service"], unknown>
  )

/** What it says once the longest wait is over. */
const after2Seconds = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* settle
    yield* TestClock.adjust("2 seconds")
    return yield* Fiber.join(fiber)
  })

describe("health", () => {
  it.effect.each([
    [200, "up", "accepted"],
    [401, "down", "refused"],
    [403, "down", "refused"],
    [429, "down", "unknown"],
    [503, "down", "unknown"],
    ["never", "down", "unknown"]
  ] as const)("at the start, where Nuapay answers %s: %s, key %s", ([status, expected, apiKey]) =>
    withBroker(listing({ status }), (broker) =>
      Effect.map(after2Seconds(broker.health), (found) =>
        assert.deepStrictEqual(found, { status: expected, apiKey, store: "answers" })
      )
    )
  )

  it.effect(
    "a key that was accepted once: degraded while Nuapay is away, down once refused",
    () => {
      const list: Parameters<typeof listing>[0] = { status: 200 }
      return withBroker(listing(list), (broker) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* broker.health).status, "up")
          list.status = 503
          yield* TestClock.adjust("1 minute")
          const away = yield* broker.health
          assert.deepStrictEqual(away, { status: "degraded", apiKey: "unknown", store: "answers" })
          list.status = 401
          yield* TestClock.adjust("5 seconds")
          assert.strictEqual((yield* broker.health).status, "down")
          list.status = 200
          yield* TestClock.adjust("5 seconds")
          assert.strictEqual((yield* broker.health).status, "up")
        })
      )
    }
  )

  it.effect.each([
    [true, "bypass", "degraded"],
    [true, "fail", "down"],
    ["never", "bypass", "degraded"]
  ] as const)("invariant 10: store fails %s, policy %s: %s", ([fails, storePolicy, status]) => {
    const get: Parameters<typeof storeThat>[0] = { fails: false }
    return withBroker(
      listing({ status: 200 }),
      (broker) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* broker.health).status, "up")
          get.fails = fails
          yield* TestClock.adjust("1 second")
          const found = yield* after2Seconds(broker.health)
          assert.deepStrictEqual(found, { status, apiKey: "accepted", store: "fails" })
        }),
      { store: storeThat(get), storePolicy }
    )
  })

  it.effect(
    "a key that is refused to a token request shows at once, without a further request",
    () => {
      const refusing: Answers = (asked, count) =>
        asked.path === "/organisations"
          ? listing({ status: 200 })(asked, count)
          : new Response("{}", { status: 401 })
      return withBroker(refusing, (broker, asked) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* broker.health).status, "up")
          const exit = yield* Effect.exit(broker.acquire(yield* grantFor("merchant-1")))
          assert.isTrue(Exit.isFailure(exit))
          const requests = asked.length
          assert.strictEqual((yield* broker.health).apiKey, "refused")
          assert.strictEqual(asked.length, requests)
        })
      )
    }
  )

  it.effect("invariant 8: a thousand probes are one request a minute", () =>
    withBroker(listing({ status: 200 }), (broker, asked) =>
      Effect.gen(function* () {
        const all = Effect.replicateEffect(broker.health, 1_000, { concurrency: "unbounded" })
        yield* all
        assert.strictEqual(asked.length, 1)
        yield* TestClock.adjust("59 seconds")
        yield* all
        assert.strictEqual(asked.length, 1)
        yield* TestClock.adjust("1 second")
        yield* all
        assert.strictEqual(asked.length, 2)
      })
    )
  )
})
