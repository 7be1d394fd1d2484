import { assert, describe, it } from "@effect/vitest"
import { type AccessToken, createTokenBroker, type TokenError } from "@onbehalf/core"
import type { Grant } from "@onbehalf/core/Grant"
import type { TokenBroker } from "@onbehalf/core/TokenBroker"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import { memoryStore } from "@onbehalf/store-memory"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import {
  minting,
  mintingAfter,
  revoking,
  settle,
  upstream
} from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

describe("explain", () => {
  it.effect("tells what is held, what is under way, and nothing secret", () =>
    withBroker(minting, (broker) =>
      Effect.gen(function* () {
        const grant = yield* grantFor("merchant-1", 100)
        const before = yield* broker.explain(grant)
        assert.strictEqual(before.held, undefined)
        assert.strictEqual(before.flight, "none")
        yield* broker.acquire(grant)
        yield* TestClock.adjust("10 seconds")
        const after = yield* broker.explain(grant)
        assert.strictEqual(after.organisation, "merchant-1")
        assert.strictEqual(after.held?.tokenId, "token-1")
        assert.strictEqual(after.held?.age, 10_000)
        assert.strictEqual(after.held?.usableFor, 80_000)
        assert.notInclude(JSON.stringify(after), "canary")
      })
    )
  )

  it.effect("a flight is seen while it is under way", () => {
    const gate = Promise.withResolvers<void>()
    return withBroker(mintingAfter(gate.promise), (broker) =>
      Effect.gen(function* () {
        const grant = yield* grantFor("merchant-1")
        const fiber = yield* Effect.forkChild(broker.acquire(grant))
        yield* settle
        assert.strictEqual((yield* broker.explain(grant)).flight, "fetching")
        gate.resolve()
        yield* settle
        yield* Fiber.join(fiber)
        assert.strictEqual((yield* broker.explain(grant)).flight, "none")
      })
    )
  })
})

describe("renew and invalidate", () => {
  it.effect("renew fetches whatever is held; invalidate forgets by id", () =>
    withBroker(minting, (broker, asked) =>
      Effect.gen(function* () {
        const grant = yield* grantFor("merchant-1")
        yield* broker.acquire(grant)
        assert.strictEqual((yield* broker.renew(grant)).id as string, "token-2")
        assert.strictEqual((yield* broker.acquire(grant)).id as string, "token-2")
        assert.isFalse(yield* broker.invalidate("token-1"))
        assert.isTrue(yield* broker.invalidate("token-2"))
        assert.isFalse(yield* broker.invalidate("unknown"))
        assert.strictEqual((yield* broker.acquire(grant)).id as string, "token-3")
        assert.strictEqual(asked.length, 3)
      })
    )
  )

  it.effect.each([
    ["renew", "10 millis", (broker, grant) => broker.renew(grant)],
    ["more life", "10 seconds", (broker, grant) => broker.acquire(grant, strict)]
  ] satisfies ReadonlyArray<readonly [string, Duration.Input, Asking]>)(
    "whom the others' token does not serve gets another, however many they are: %s",
    ([, pause, ask]) =>
      withBroker(
        minting,
        (broker, asked) =>
          Effect.gen(function* () {
            const grant = yield* grantFor("merchant-1", 100)
            yield* broker.acquire(grant)
            yield* TestClock.adjust(pause)
            let isOver = false
            const busy = Effect.suspend(() => broker.acquire(grant)).pipe(
              Effect.repeat({ while: () => !isOver })
            )
            const others = yield* Effect.forkChild(Effect.all([busy, busy], { concurrency: 2 }))
            yield* settle
            for (const id of ["token-2", "token-3"]) {
              assert.strictEqual((yield* ask(broker, grant)).id as string, id)
              yield* TestClock.adjust(pause)
            }
            isOver = true
            yield* Fiber.join(others)
            assert.strictEqual(asked.length, 3)
          }),
        { store: outOfProcess }
      )
  )
})

const strict = { minimumValidity: 85_000 }

type Asking = (
  broker: TokenBroker["Service"],
  grant: Grant
) => Effect.Effect<AccessToken, TokenError>

/** Nothing of it is in this process, and each look takes a moment. */
const outOfProcess = Layer.effect(
  TokenStore,
  Effect.map(MemoryStore.make(), (shared) =>
    TokenStore.of({
      ...shared,
      peek: () => undefined,
      epoch: () => Number.NaN,
      get: (key) =>
        Effect.andThen(
          Effect.promise(async () => undefined),
          shared.get(key)
        )
    })
  )
)

describe("warm", () => {
  it.effect("prewarms at a bounded rate, tells how far it is, and goes on past failures", () =>
    withBroker(
      (asked, count) =>
        asked.path.includes("merchant-3")
          ? new Response("", { status: 404 })
          : minting(asked, count),
      (broker, asked) =>
        Effect.gen(function* () {
          const grants = yield* Effect.forEach(
            Array.from({ length: 20 }, (_, index) => `merchant-${index}`),
            (merchant) => grantFor(merchant)
          )
          const fiber = yield* Effect.forkChild(
            Stream.runCollect(broker.warm(grants, { perSecond: 10 }))
          )
          yield* settle
          yield* TestClock.adjust("1 second")
          yield* settle
          assert.isAtMost(asked.length, 12)
          for (let step = 0; step < 12; step++) {
            yield* TestClock.adjust("100 millis")
            yield* settle
          }
          const progress = yield* Fiber.join(fiber)
          assert.deepStrictEqual(
            progress.map((one) => one.done),
            Array.from({ length: 20 }, (_, index) => index + 1)
          )
          assert.strictEqual(progress.at(-1)?.total, 20)
          const failed = progress.filter((one) => one.error !== undefined)
          assert.deepStrictEqual(
            failed.map((one) => one.error?.code),
            ["organisation_unknown"]
          )
          assert.strictEqual((yield* broker.entries).length, 19)
        })
    )
  )
})

describe("revocation at shutdown", () => {
  it.effect("revokes what this process fetched, skips what has expired, and reports", () =>
    withBroker(revoking, (broker, asked) =>
      Effect.gen(function* () {
        yield* broker.acquire(yield* grantFor("merchant-1", 10))
        yield* TestClock.adjust("11 seconds")
        yield* broker.acquire(yield* grantFor("merchant-2"))
        yield* broker.acquire(yield* grantFor("merchant-3"))
        const report = yield* broker.revokeIssued(1_000)
        assert.deepStrictEqual(report, { revoked: 2, alreadyGone: 0, unconfirmed: 0, expired: 1 })
        assert.sameMembers(
          asked.slice(3).map((one) => one.path),
          [
            "/organisations/merchant-2/tokens/token-2/revoke",
            "/organisations/merchant-3/tokens/token-3/revoke"
          ]
        )
        assert.deepStrictEqual(yield* broker.revokeIssued(1_000), {
          revoked: 0,
          alreadyGone: 0,
          unconfirmed: 0,
          expired: 0
        })
      })
    )
  )

  it.effect("invariant 3: none of them is handed out from then on, nor left in the store", () => {
    const answer = Promise.withResolvers<void>()
    return withBroker(
      async (asked, count) => {
        if (asked.path.endsWith("/revoke")) await answer.promise
        return revoking(asked, count)
      },
      (broker) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1"))
          yield* source.token()
          const fiber = yield* Effect.forkChild(broker.revokeIssued(1_000))
          yield* settle
          assert.isUndefined(source.peek())
          assert.deepStrictEqual(yield* broker.entries, [])
          answer.resolve()
          yield* Fiber.join(fiber)
        })
    )
  })

  it.effect("takes no longer than it was given", () =>
    withBroker(
      (asked, count) =>
        asked.path.endsWith("/revoke") ? new Promise(() => undefined) : minting(asked, count),
      (broker) =>
        Effect.gen(function* () {
          yield* broker.acquire(yield* grantFor("merchant-1"))
          const fiber = yield* Effect.forkChild(broker.revokeIssued(1_000))
          yield* settle
          yield* TestClock.adjust("1 second")
          assert.deepStrictEqual(yield* Fiber.join(fiber), {
            revoked: 0,
            alreadyGone: 0,
            unconfirmed: 1,
            expired: 0
          })
        })
    )
  )

  it("the promise facade: close with revoke, warm, events, explain", async () => {
    const nuapay = upstream(revoking)
    const broker = await createTokenBroker({
      apiKey: "key",
      environment: "sandbox",
      store: memoryStore(),
      fetch: nuapay.fetch
    })
    const seen: Array<string> = []
    const events = (async () => {
      for await (const event of broker.events()) if (seen.push(event._tag) === 3) break
    })()
    await new Promise((resolve) => setImmediate(resolve))
    const merchants = ["m1", "m2"].map((organisationId) => ({ organisationId, scopes: ["admin"] }))
    for await (const { done, total } of broker.warm(merchants, { perSecond: 1_000 })) {
      assert.isAtMost(done, total)
    }
    const handle = await broker.forOrganisation("m1", { scopes: ["admin"] })
    const explained = await handle.explain()
    assert.isDefined(explained.held)
    const renewed = await handle.renew()
    assert.strictEqual(handle.peek(), renewed)
    await events
    assert.deepStrictEqual(seen, ["Acquired", "Acquired", "Acquired"])
    const report = { revoked: 3, alreadyGone: 0, unconfirmed: 0, expired: 0 }
    assert.deepStrictEqual(await broker.close({ revoke: true }), report)
    // Whoever asks once more hears of the same end.
    assert.deepStrictEqual(await broker.close({ revoke: true }), report)
  })
})
