import { assert, describe, it } from "@effect/vitest"
import * as TieredStore from "@onbehalf/core/TieredStore"
import type { TokenBroker } from "@onbehalf/core/TokenBroker"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Layer from "effect/Layer"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { minting, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

/** Fails from the second token request on. */
const failingLater = (asked: Parameters<typeof minting>[0], count: number) =>
  count === 1 ? minting(asked, count) : new Response("", { status: 503 })

describe("invariant 5: no waiting for renewal while a valid token exists", () => {
  it.effect("a due token is handed out at once, and replaced behind the caller's back", () => {
    const gate = Promise.withResolvers<void>()
    return withBroker(
      async (asked, count) => {
        if (count > 1) await gate.promise
        return minting(asked, count)
      },
      (broker, asked) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1", 100))
          yield* source.token()
          yield* TestClock.adjust("64 seconds")
          yield* source.token()
          yield* settle
          assert.strictEqual(asked.length, 1)
          yield* TestClock.adjust("16 seconds")
          for (let call = 0; call < 100; call++) {
            assert.strictEqual((yield* source.token()).id as string, "token-1")
          }
          yield* settle
          assert.strictEqual(asked.length, 2)
          gate.resolve()
          yield* settle
          assert.strictEqual(source.peek()?.id as string, "token-2")
          assert.strictEqual(asked.length, 2)
        })
    )
  })

  it.effect("an idle merchant's token lapses: nobody asks, nothing is fetched", () =>
    withBroker(minting, (broker, asked) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1", 10))
        yield* source.token()
        yield* TestClock.adjust("1 hour")
        yield* settle
        assert.strictEqual(asked.length, 1)
        assert.strictEqual(source.peek(), undefined)
      })
    )
  )

  it.effect("a fleet does not renew in step: 200 tokens are due at many moments", () =>
    withBroker(minting, (broker, asked) =>
      Effect.gen(function* () {
        const sources = yield* Effect.forEach(
          Array.from({ length: 200 }, (_, index) => `merchant-${index}`),
          (merchant) => Effect.flatMap(grantFor(merchant, 100), broker.source)
        )
        yield* Effect.forEach(sources, (source) => source.token(), { concurrency: 50 })
        const perSecond: Array<number> = []
        for (let second = 0; second < 90; second++) {
          const before = asked.length
          for (const source of sources) source.peek()
          yield* settle
          perSecond.push(asked.length - before)
          yield* TestClock.adjust("1 second")
        }
        assert.isAtMost(Math.max(...perSecond), 50)
        assert.isAtLeast(perSecond.filter((count) => count > 0).length, 12)
      })
    )
  )
})

describe("invariant 6: trouble upstream takes nothing away", () => {
  it.effect("F1: a valid token stays in use until its limit; attempts pause and grow rare", () =>
    withBroker(failingLater, (broker, asked) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1", 1_000))
        yield* source.token()
        yield* TestClock.adjust("800 seconds")
        const pauses: Array<number> = []
        for (let second = 0; second < 169; second++) {
          assert.strictEqual(source.peek()?.id as string, "token-1")
          yield* settle
          const { held, renewalPausedFor } = yield* broker.explain(source.grant)
          assert.isAtMost(renewalPausedFor, held?.usableFor ?? 0)
          pauses.push(renewalPausedFor)
          yield* TestClock.adjust("1 second")
        }
        const attempts = asked.length - 1
        // Four requests a flight; without a pause there would be a flight every second or two.
        assert.isAtMost(attempts, 60)
        assert.isAtLeast(attempts, 12)
        const explained = yield* broker.explain(source.grant)
        assert.isAbove(explained.failures, 3)
        assert.strictEqual(explained.lastError?.error.code, "unavailable")
        // At the very end of such a row of seconds a pause may just be over: it was there, and it grew.
        assert.isAbove(Math.max(...pauses.slice(-60)), Math.max(...pauses.slice(0, 10)))
        assert.isAbove(Math.max(...pauses.slice(0, 10)), 0)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(source.peek(), undefined)
      })
    )
  )

  it.effect("F3: a refused key while tokens are held: they are served, and it is one call", () =>
    withBroker(
      (asked, count) => (count <= 20 ? minting(asked, count) : new Response("", { status: 401 })),
      (broker, asked) =>
        Effect.gen(function* () {
          const sources = yield* Effect.forEach(
            Array.from({ length: 20 }, (_, index) => `merchant-${index}`),
            (merchant) => Effect.flatMap(grantFor(merchant, 1_000), broker.source)
          )
          yield* Effect.forEach(sources, (source) => source.token())
          yield* TestClock.adjust("810 seconds")
          for (const source of sources) assert.isDefined(source.peek())
          yield* settle
          // Those already in the air when the first answer came, and no more.
          assert.isAtMost(asked.length, 20 + 20)
          const before = asked.length
          for (const source of sources) assert.isDefined(source.peek())
          yield* settle
          assert.strictEqual(asked.length, before)
        })
    )
  )
})

describe("events", () => {
  it.effect("tell what happened, in order and without secrets", () =>
    withBroker(failingLater, (broker) =>
      Effect.gen(function* () {
        const listening = yield* Effect.forkChild(
          broker.events.pipe(Stream.take(3), Stream.runCollect),
          { startImmediately: true }
        )
        yield* settle
        const source = yield* broker.source(yield* grantFor("merchant-1", 100))
        yield* source.token()
        yield* TestClock.adjust("80 seconds")
        source.peek()
        for (let step = 0; step < 8; step++) {
          yield* settle
          yield* TestClock.adjust("1 second")
        }
        const events = yield* Fiber.join(listening)
        assert.deepStrictEqual(
          events.map((event) => [event._tag, event.organisation]),
          [
            ["Acquired", "merchant-1"],
            ["ServedWhileRenewing", "merchant-1"],
            ["Refused", "merchant-1"]
          ]
        )
        assert.isTrue(events[2]?._tag === "Refused" && events[2].ahead)
        assert.notInclude(JSON.stringify(events), "canary")
      })
    )
  )
})

describe("two processes over one store", () => {
  /** A tier of its own for each, and looks that take as long as a test says. */
  const twoTiers = (delay: () => Effect.Effect<void>) =>
    Effect.map(MemoryStore.make(), (shared) => {
      const far = {
        ...shared,
        get: (key) => Effect.tap(shared.get(key), delay)
      } satisfies TokenStore["Service"]
      const tier = Layer.effect(
        TokenStore,
        Effect.flatMap(MemoryStore.make(), (near) => TieredStore.make({ near, far }))
      )
      // One for each, and not one for both.
      return () => Layer.fresh(tier)
    })

  it.effect("invariant 5: one renews, and the other goes on with its valid token", () =>
    Effect.gen(function* () {
      const store = yield* twoTiers(() => Effect.void)
      yield* withBroker(
        minting,
        (one, asked) =>
          withBroker(
            () => new Response("", { status: 500 }),
            (other) =>
              Effect.gen(function* () {
                const grant = yield* grantFor("merchant-1")
                const first = yield* one.acquire(grant)
                const source = yield* other.source(grant)
                assert.strictEqual((yield* source.token()).id, first.id)
                yield* TestClock.adjust("5 minutes")
                const second = yield* one.renew(grant)
                yield* settle
                assert.strictEqual(source.peek()?.id, first.id)
                // It is found once the one in hand is due.
                yield* TestClock.adjust("4 minutes")
                yield* settle
                source.peek()
                yield* settle
                assert.strictEqual(source.peek()?.id, second.id)
                assert.strictEqual(asked.length, 2)
              }),
            { store: store() }
          ),
        { store: store() }
      )
    })
  )

  it.effect(
    "each renews at times of its own: who comes later looks once, and asks for no lease",
    () =>
      Effect.gen(function* () {
        const shared = yield* MemoryStore.make()
        const counted = { leases: 0 }
        const far: TokenStore["Service"] = {
          ...shared,
          lease: (key, atMost) => {
            counted.leases++
            return shared.lease(key, atMost)
          }
        }
        const tier = Layer.effect(
          TokenStore,
          Effect.flatMap(MemoryStore.make(), (near) => TieredStore.make({ near, far }))
        )
        const merchants = Array.from({ length: 100 }, (_, index) => `merchant-${index}`)
        const sourcesOf = (broker: TokenBroker["Service"]) =>
          Effect.forEach(merchants, (one) => Effect.flatMap(grantFor(one, 100), broker.source))
        yield* withBroker(
          minting,
          (one, asked) =>
            withBroker(
              minting,
              (other, askedByOther) =>
                Effect.gen(function* () {
                  const sources = [...(yield* sourcesOf(one)), ...(yield* sourcesOf(other))]
                  for (const source of sources) yield* source.token()
                  counted.leases = 0
                  for (let second = 0; second < 85; second++) {
                    yield* TestClock.adjust("1 second")
                    for (const source of sources) assert.isDefined(source.peek())
                    yield* settle
                  }
                  assert.strictEqual(asked.length + askedByOther.length, 2 * merchants.length)
                  assert.isAtLeast(counted.leases, merchants.length)
                  // Their times lie seconds apart: hardly ever is it due for both in the same one.
                  assert.isAtMost(counted.leases, merchants.length * 1.1)
                }),
              { store: Layer.fresh(tier) }
            ),
          { store: Layer.fresh(tier) }
        )
      }).pipe(Random.withSeed("two clocks"))
  )

  it.effect("renew is not satisfied with what a flight that was on its way finds", () =>
    Effect.gen(function* () {
      const gate = Promise.withResolvers<void>()
      const slow = { isOn: false }
      const store = yield* twoTiers(() =>
        slow.isOn ? Effect.promise(() => gate.promise) : Effect.void
      )
      yield* withBroker(
        minting,
        (one) =>
          withBroker(
            (asked, count) => minting(asked, count + 100),
            (other) =>
              Effect.gen(function* () {
                const grant = yield* grantFor("merchant-1")
                const held = yield* one.acquire(grant)
                slow.isOn = true
                const looking = yield* Effect.forkChild(other.acquire(grant))
                yield* settle
                const renewing = yield* Effect.forkChild(other.renew(grant))
                yield* settle
                slow.isOn = false
                gate.resolve()
                assert.strictEqual((yield* Fiber.join(looking)).id, held.id)
                assert.notStrictEqual((yield* Fiber.join(renewing)).id, held.id)
              }),
            { store: store() }
          ),
        { store: store() }
      )
    })
  )
})
