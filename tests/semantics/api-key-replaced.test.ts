import { assert, describe, it } from "@effect/vitest"
import { createTokenBroker, type CreateTokenBrokerOptions } from "@onbehalf/core"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import { memoryStore } from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { layerOf, minting, settle, upstream } from "../../packages/core/test/support/upstream.ts"
import { grantFor } from "../support/broker.ts"
import { rejection } from "../support/rejection.ts"

/** Nuapay with one valid key at a time. */
const nuapayWith = (valid: { key: string }) =>
  upstream((asked, count) =>
    asked.headers.get("authorization") === `Basic ${btoa(`${valid.key}:`)}`
      ? asked.method === "GET"
        ? Response.json({ data: [] })
        : minting(asked, count)
      : new Response("", { status: 401 })
  )

const brokerOn = (
  nuapay: ReturnType<typeof upstream>,
  options: Partial<CreateTokenBrokerOptions>
) =>
  createTokenBroker({
    environment: "sandbox",
    store: memoryStore(),
    fetch: nuapay.fetch,
    ...options
  })

describe("F40: the API key is replaced while running", () => {
  it("a standby key takes over, for all, at the price of one refused call; held tokens stay", async () => {
    const valid = { key: "old" }
    const nuapay = nuapayWith(valid)
    await using broker = await brokerOn(nuapay, { apiKey: "old", standbyApiKey: "new" })
    const first = await broker.forOrganisation("merchant-1", { scopes: ["admin"] })
    const held = await first.token()
    valid.key = "new"
    assert.strictEqual(await first.token(), held)
    const second = await broker.forOrganisation("merchant-2", { scopes: ["admin"] })
    await second.token()
    await broker.organisations()
    assert.strictEqual(nuapay.asked.length, 4)
    assert.strictEqual(await first.token(), held)
  })

  it("a function is asked anew, once however many are refused", async () => {
    const valid = { key: "old" }
    const asked = { times: 0 }
    const nuapay = nuapayWith(valid)
    await using broker = await brokerOn(nuapay, {
      apiKey: () => {
        asked.times++
        return valid.key
      }
    })
    const handles = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        broker.forOrganisation(`merchant-${index}`, { scopes: ["admin"] })
      )
    )
    await handles[0]?.token()
    assert.strictEqual(asked.times, 1)
    valid.key = "new"
    const tokens = await Promise.all(handles.map((handle) => handle.token()))
    assert.strictEqual(new Set(tokens).size, 20)
    assert.strictEqual(asked.times, 2)
  })

  it("the same key again is no new key: one call, then the circuit", async () => {
    const nuapay = nuapayWith({ key: "another" })
    await using broker = await brokerOn(nuapay, { apiKey: () => Promise.resolve("refused") })
    const handle = await broker.forOrganisation("merchant-1", { scopes: ["admin"] })
    for (let call = 0; call < 5; call++) {
      const error = await handle.token().then(
        () => undefined,
        (failure: unknown) => failure
      )
      assert.propertyVal(error, "code", "invalid_api_key")
    }
    assert.strictEqual(nuapay.asked.length, 1)
  })
})

it.effect(
  "F40: who keeps the key never answers: refused in time, one call, then the circuit",
  () => {
    const nuapay = nuapayWith({ key: "another" })
    const layer = TokenBroker.layer().pipe(
      Layer.provide(MemoryStore.layer()),
      Layer.provideMerge(layerOf(nuapay.fetch, { reloadApiKey: Effect.never }))
    )
    return Effect.gen(function* () {
      const broker = yield* TokenBroker.TokenBroker
      const revoking = yield* Effect.forkChild(broker.revokeOrganisation("merchant-1"))
      yield* settle
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* Fiber.join(revoking)).outcome, "unconfirmed")
      const grant = yield* grantFor("merchant-1")
      assert.strictEqual((yield* Effect.flip(broker.acquire(grant))).code, "invalid_api_key")
      assert.strictEqual(nuapay.asked.length, 1)
    }).pipe(Effect.provide(layer))
  }
)

it("F3: a function that fails when it is asked again is no key, and says nothing of why", async () => {
  const nuapay = upstream(() => new Response("", { status: 401 }))
  let times = 0
  const broker = await createTokenBroker({
    environment: "sandbox",
    store: memoryStore(),
    fetch: nuapay.fetch,
    apiKey: () => {
      if (times++ > 0) throw new Error("the vault is shut, canary-secret")
      return "old-key"
    }
  })
  for (let merchant = 0; merchant < 20; merchant++) {
    const handle = await broker.forOrganisation(`merchant-${merchant}`, { scopes: ["admin"] })
    const error = await rejection(handle.token())
    assert.strictEqual(error.code, "invalid_api_key")
    assert.notInclude(String(error), "canary-secret")
  }
  await broker.close()
  assert.strictEqual(nuapay.asked.length, 1)
  assert.strictEqual(times, 2)
})
