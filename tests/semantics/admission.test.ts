import { assert, describe, it } from "@effect/vitest"
import type { OrganisationId } from "@onbehalf/core/Organisation"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { minting, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

const merchants = (count: number) =>
  Array.from({ length: count }, (_, index) => `merchant-${index}`)

describe("F2: one gate for the whole account", () => {
  it.effect("a 429 to one merchant holds back the others, until the wait is over", () =>
    withBroker(
      (asked, count) =>
        count === 1
          ? new Response("", { status: 429, headers: { "retry-after": "4" } })
          : minting(asked, count),
      (broker, asked) =>
        Effect.gen(function* () {
          const first = yield* Effect.forkChild(broker.acquire(yield* grantFor("merchant-0")))
          yield* settle
          const others = yield* Effect.forEach(merchants(30), (merchant) =>
            Effect.flatMap(grantFor(merchant), (grant) => Effect.forkChild(broker.acquire(grant)))
          )
          yield* settle
          yield* TestClock.adjust("3900 millis")
          yield* settle
          assert.strictEqual(asked.length, 1)
          assert.isAbove((yield* broker.explain(yield* grantFor("merchant-1"))).rateLimitedFor, 0)
          yield* TestClock.adjust("1 second")
          yield* settle
          yield* Fiber.join(first)
          for (const other of others) yield* Fiber.join(other)
          assert.strictEqual(asked.length, 31)
        })
    )
  )

  it.effect("a wait too long to sit out fails at once, for all, with what is left of it", () =>
    withBroker(
      () => new Response("", { status: 429, headers: { "retry-after": "100" } }),
      (broker, asked) =>
        Effect.gen(function* () {
          yield* Effect.flip(broker.acquire(yield* grantFor("merchant-0")))
          yield* TestClock.adjust("40 seconds")
          const { reason } = yield* Effect.flip(broker.acquire(yield* grantFor("merchant-1")))
          assert.strictEqual(reason._tag === "RateLimited" && reason.retryAfter, 60_000)
          assert.strictEqual("organisation" in reason && reason.organisation, "merchant-1")
          assert.strictEqual(asked.length, 1)
        })
    )
  )
})

describe("F2: a wait of years", () => {
  it.effect("shuts the account for an hour at most; the error tells what was said", () =>
    withBroker(
      (asked, count) =>
        count === 1
          ? new Response("", { status: 429, headers: { "retry-after": "1000000000" } })
          : minting(asked, count),
      (broker) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          const { reason } = yield* Effect.flip(broker.acquire(grant))
          assert.strictEqual(reason._tag === "RateLimited" && reason.retryAfter, 1e12)
          yield* TestClock.adjust("59 minutes")
          assert.strictEqual((yield* Effect.flip(broker.acquire(grant))).code, "rate_limited")
          yield* TestClock.adjust("1 minute")
          assert.strictEqual((yield* broker.acquire(grant)).organisation, "merchant-1")
        })
    )
  )
})

describe("F3: a circuit for the API key", () => {
  it.effect("a refused key is one call, not merchants times retries; then one tries alone", () => {
    const upstream = { accepts: false }
    return withBroker(
      (asked, count) =>
        upstream.accepts ? minting(asked, count) : new Response("", { status: 401 }),
      (broker, asked) =>
        Effect.gen(function* () {
          yield* Effect.flip(broker.acquire(yield* grantFor("merchant-0")))
          for (const merchant of merchants(50)) {
            const error = yield* Effect.flip(broker.acquire(yield* grantFor(merchant)))
            assert.strictEqual(error.code, "invalid_api_key")
          }
          assert.strictEqual(asked.length, 1)
          upstream.accepts = true
          yield* TestClock.adjust("1 second")
          yield* broker.acquire(yield* grantFor("merchant-1"))
          yield* Effect.forEach(merchants(10), (merchant) =>
            Effect.flatMap(grantFor(merchant), broker.acquire)
          )
          assert.strictEqual(asked.length, 11)
        })
    )
  })

  it.effect("while it tries, the others fail fast; the pause grows", () =>
    withBroker(
      () => new Response("", { status: 401 }),
      (broker, asked) =>
        Effect.gen(function* () {
          const all = (count: number) =>
            Effect.forEach(
              merchants(count),
              (merchant) =>
                Effect.flatMap(grantFor(merchant), (grant) => Effect.exit(broker.acquire(grant))),
              { concurrency: "unbounded" }
            )
          yield* Effect.flip(broker.acquire(yield* grantFor("merchant-0")))
          yield* TestClock.adjust("1 second")
          assert.isTrue((yield* all(40)).every(Exit.isFailure))
          assert.strictEqual(asked.length, 2)
          yield* TestClock.adjust("1 second")
          yield* all(40)
          assert.strictEqual(asked.length, 2)
          yield* TestClock.adjust("1 second")
          yield* all(40)
          assert.strictEqual(asked.length, 3)
        })
    )
  )
})

describe("F4: refusals are remembered briefly, for their own organisation", () => {
  it.effect.each([
    [404, "organisation_unknown"],
    [403, "forbidden"]
  ] as const)("%i: once, then from memory for five seconds, then again", ([status, code]) =>
    withBroker(
      (asked, count) =>
        asked.path.includes("merchant-0") ? new Response("", { status }) : minting(asked, count),
      (broker, asked) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-0")
          for (let call = 0; call < 10; call++) {
            assert.strictEqual((yield* Effect.flip(broker.acquire(grant))).code, code)
          }
          assert.strictEqual(asked.length, 1)
          yield* broker.acquire(yield* grantFor("merchant-1"))
          assert.strictEqual(asked.length, 2)
          yield* TestClock.adjust("5 seconds")
          yield* Effect.flip(broker.acquire(grant))
          assert.strictEqual(asked.length, 3)
        })
    )
  )

  it.effect("a 403 is of the grant, a 404 of the organisation", () =>
    withBroker(
      (asked) => new Response("", { status: asked.path.includes("merchant-0") ? 403 : 404 }),
      (broker, asked) =>
        Effect.gen(function* () {
          for (const organisation of ["merchant-0", "merchant-1"]) {
            yield* Effect.flip(broker.acquire(yield* grantFor(organisation, 60)))
            yield* Effect.flip(broker.acquire(yield* grantFor(organisation, 600)))
          }
          assert.strictEqual(asked.filter((one) => one.path.includes("merchant-0")).length, 2)
          assert.strictEqual(asked.filter((one) => one.path.includes("merchant-1")).length, 1)
        })
    )
  )
})

describe("places and turns", () => {
  it.effect("at most so many requests at a time; a noisy merchant does not starve the rest", () => {
    const gates: Array<PromiseWithResolvers<void>> = []
    const order: Array<string> = []
    return withBroker(
      async (asked, count) => {
        order.push(asked.path.split("/")[2] ?? "")
        const gate = Promise.withResolvers<void>()
        gates.push(gate)
        await gate.promise
        return minting(asked, count)
      },
      (broker) =>
        Effect.gen(function* () {
          const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
          const ask = (organisation: string, expiresIn: number) =>
            Effect.gen(function* () {
              const grant = yield* grantFor(organisation as OrganisationId, expiresIn)
              fibers.push(
                yield* Effect.forkChild(broker.acquire(grant), { startImmediately: true })
              )
              yield* settle
            })
          for (let life = 100; life < 120; life++) yield* ask("noisy", life)
          yield* ask("quiet", 100)
          yield* ask("meek", 100)
          assert.strictEqual(order.length, 2)
          for (let step = 0; step < 30; step++) {
            gates.shift()?.resolve()
            yield* settle
          }
          for (const fiber of fibers) yield* Fiber.await(fiber)
          assert.strictEqual(order.length, 22)
          assert.isBelow(order.indexOf("quiet"), 8)
          assert.isBelow(order.indexOf("meek"), 8)
        }),
      { concurrency: 2 }
    )
  })

  it.effect("many that are due at once take turns, and whoever is waited for goes first", () =>
    Effect.gen(function* () {
      const gate = Promise.withResolvers<void>()
      const held = yield* MemoryStore.make()
      const leased: Array<string | undefined> = []
      const store: TokenStore["Service"] = {
        ...held,
        lease: (key, atMost) => {
          leased.push(key.organisation)
          return held.lease(key, atMost)
        }
      }
      yield* withBroker(
        async (asked, count) => {
          if (count > 40) await gate.promise
          return minting(asked, count)
        },
        (broker, asked) =>
          Effect.gen(function* () {
            const sources = yield* Effect.forEach(merchants(40), (merchant) =>
              Effect.flatMap(grantFor(merchant, 100), broker.source)
            )
            for (const source of sources) yield* source.token()
            yield* TestClock.adjust("89 seconds")
            leased.length = 0
            for (const source of sources) assert.isDefined(source.peek())
            // Each is launched, one after the other.
            yield* Effect.repeat(settle, { times: 3 })
            // Eight for each place at Nuapay.
            assert.deepStrictEqual(leased, merchants(32))
            yield* TestClock.adjust("2 seconds")
            const caller = yield* Effect.forkChild(sources[39]?.token() ?? Effect.never)
            yield* settle
            gate.resolve()
            yield* Fiber.join(caller)
            yield* settle
            assert.strictEqual(leased[32], "merchant-39")
            assert.strictEqual(asked.length, 80)
            for (const source of sources) assert.isDefined(source.peek())
          }),
        { concurrency: 4, store: Layer.succeed(TokenStore, store) }
      )
    })
  )

  it.effect(
    "callers go before renewals; a renewal that somebody comes to wait for goes with them",
    () => {
      const gates: Array<PromiseWithResolvers<void>> = []
      const order: Array<string> = []
      const state = { gated: false }
      return withBroker(
        async (asked, count) => {
          if (state.gated) {
            order.push(asked.path.split("/")[2] ?? "")
            const gate = Promise.withResolvers<void>()
            gates.push(gate)
            await gate.promise
          }
          return minting(asked, count)
        },
        (broker) =>
          Effect.gen(function* () {
            const due = yield* Effect.forEach(["due-1", "due-2", "due-3"], (organisation) =>
              Effect.flatMap(grantFor(organisation, 1_000), broker.source)
            )
            for (const source of due) yield* source.token()
            yield* TestClock.adjust("900 seconds")
            state.gated = true
            const ask = (organisation: string) =>
              Effect.flatMap(grantFor(organisation), (grant) =>
                Effect.forkChild(broker.acquire(grant), { startImmediately: true })
              )
            const busy = yield* ask("busy")
            yield* settle
            for (const source of due) source.peek()
            yield* settle
            const late = yield* ask("late")
            yield* settle
            // More life than the held token has left: somebody waits for this renewal.
            const waiting = yield* Effect.forkChild(
              due[2]?.token({ minimumValidity: 200_000 }) ?? Effect.void,
              { startImmediately: true }
            )
            yield* settle
            for (let step = 0; step < 10; step++) {
              gates.shift()?.resolve()
              yield* settle
            }
            for (const fiber of [busy, late, waiting]) yield* Fiber.await<unknown, unknown>(fiber)
            assert.deepStrictEqual(order, ["busy", "late", "due-3", "due-1", "due-2"])
          }),
        { concurrency: 1 }
      )
    }
  )
})

describe("retries have a budget", () => {
  it.effect("a burst is free, then a fifth of all requests at most", () =>
    withBroker(
      () => new Response("", { status: 503 }),
      (broker, asked) =>
        Effect.gen(function* () {
          const all = yield* Effect.forkChild(
            Effect.forEach(
              merchants(300),
              (merchant) =>
                Effect.flatMap(grantFor(merchant), (grant) => Effect.exit(broker.acquire(grant))),
              { concurrency: "unbounded" }
            )
          )
          for (let step = 0; step < 20; step++) {
            yield* settle
            yield* TestClock.adjust("1 second")
          }
          yield* Fiber.join(all)
          // Without a budget there would be 1 200.
          assert.isAtMost(asked.length, 300 + 100 + 120)
          assert.isAtLeast(asked.length, 400)
        })
    )
  )
})
