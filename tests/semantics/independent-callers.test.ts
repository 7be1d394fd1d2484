import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { createTokenBroker } from "@onbehalf/core"
import * as Gatekeeper from "@onbehalf/core/Gatekeeper"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import { AsyncLocalStorage } from "node:async_hooks"
import {
  layerOf,
  minting,
  mintingAfter,
  settle,
  upstream
} from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

describe("invariant 9: callers are independent", () => {
  it.effect("F38: the first caller gives up, the others get the token of the same flight", () => {
    const gate = Promise.withResolvers<void>()
    return withBroker(mintingAfter(gate.promise), (broker, asked) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1"))
        const first = yield* Effect.forkChild(source.token())
        yield* settle
        const second = yield* Effect.forkChild(source.token())
        yield* settle
        yield* Fiber.interrupt(first)
        gate.resolve()
        yield* settle
        assert.strictEqual((yield* Fiber.join(second)).id as string, "token-1")
        assert.strictEqual(asked.length, 1)
      })
    )
  })

  it.effect("all give up: the flight goes on, and the next caller finds its token", () => {
    const gate = Promise.withResolvers<void>()
    return withBroker(mintingAfter(gate.promise), (broker, asked) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1"))
        const only = yield* Effect.forkChild(source.token())
        yield* settle
        yield* Fiber.interrupt(only)
        gate.resolve()
        yield* settle
        assert.strictEqual(source.peek()?.id as string, "token-1")
        assert.strictEqual(asked.length, 1)
      })
    )
  })

  it.effect("each caller has its own deadline", () => {
    const gate = Promise.withResolvers<void>()
    return withBroker(mintingAfter(gate.promise), (broker, asked) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1"))
        const hasty = yield* Effect.forkChild(Effect.flip(source.token({ deadline: 500 })))
        const patient = yield* Effect.forkChild(source.token())
        yield* settle
        yield* TestClock.adjust("500 millis")
        const error = yield* Fiber.join(hasty)
        assert.strictEqual(error.code, "deadline_exceeded")
        assert.strictEqual(error.organisation, "merchant-1")
        gate.resolve()
        yield* settle
        assert.strictEqual((yield* Fiber.join(patient)).id as string, "token-1")
        assert.strictEqual(asked.length, 1)
      })
    )
  })

  const CallersOwn = Context.Reference<string>("test/CallersOwn", { defaultValue: () => "nobody" })

  it.effect("T3: a flight carries nothing of its first caller's context", () => {
    const found: Array<string> = []
    const spying = Layer.effect(
      Gatekeeper.Gatekeeper,
      Effect.map(Gatekeeper.Gatekeeper, (gatekeeper) => ({
        ...gatekeeper,
        requestToken: (grant) =>
          Effect.flatMap(CallersOwn, (own) => {
            found.push(own)
            return gatekeeper.requestToken(grant)
          })
      }))
    )
    return TokenBroker.TokenBroker.use((broker) =>
      Effect.flatMap(grantFor("merchant-1"), broker.acquire)
    ).pipe(
      Effect.provideService(CallersOwn, "merchant-1's secret"),
      Effect.provide(
        TokenBroker.layer().pipe(
          Layer.provide(spying),
          Layer.provide(Layer.merge(MemoryStore.layer(), layerOf(upstream(minting).fetch)))
        )
      ),
      Effect.map(() => assert.deepStrictEqual(found, ["nobody"]))
    )
  })

  it("T3: AsyncLocalStorage: each of 10 000 callers keeps its own, the flight sees none", async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: Array<string | undefined> = []
    const nuapay = upstream(minting)
    const broker = await createTokenBroker({
      apiKey: "key",
      environment: "sandbox",
      store: MemoryStore.memoryStore(),
      fetch: (input, init) => {
        seen.push(storage.getStore())
        return nuapay.fetch(input, init)
      }
    })
    const merchants = Array.from({ length: 100 }, (_, i) => `merchant-${i}`)
    const handles = await Promise.all(
      merchants.map((merchant) => broker.forOrganisation(merchant, { scopes: ["admin"] }))
    )
    const wrong: Array<string> = []
    await Promise.all(
      Array.from({ length: 10_000 }, (_, i) => {
        const index = i % handles.length
        const own = `caller-${i}`
        return storage.run(own, async () => {
          const token = await handles[index]?.token()
          if (storage.getStore() !== own) wrong.push(own)
          if (token?.organisation !== merchants[index]) wrong.push(own)
        })
      })
    )
    await broker.close()
    assert.deepStrictEqual(wrong, [])
    assert.strictEqual(seen.length, 100)
    assert.deepStrictEqual([...new Set(seen)], [undefined])
  })
})
