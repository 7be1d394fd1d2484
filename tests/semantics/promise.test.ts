import { assert, describe, it } from "@effect/vitest"
import { createTokenBroker, type CreateTokenBrokerOptions } from "@onbehalf/core"
import { memoryStore } from "@onbehalf/store-memory"
import {
  apiKey,
  type Answers,
  minting,
  mintingAfter,
  upstream
} from "../../packages/core/test/support/upstream.ts"
import { rejection } from "../support/rejection.ts"

const create = (answers: Answers, options: Partial<CreateTokenBrokerOptions> = {}) => {
  const nuapay = upstream(answers)
  return {
    asked: nuapay.asked,
    broker: createTokenBroker({
      apiKey,
      environment: "sandbox",
      store: memoryStore(),
      fetch: nuapay.fetch,
      ...options
    })
  }
}

describe("createTokenBroker", () => {
  it("makes no request by itself, and one for the first token", async () => {
    const { asked, broker } = create(minting)
    await using open = await broker
    const handle = await open.forOrganisation("merchant-1", { scopes: ["admin"], expiresIn: 360 })
    assert.strictEqual(handle.peek(), undefined)
    assert.strictEqual(asked.length, 0)
    const token = await handle.token()
    assert.strictEqual(handle.peek(), token)
    assert.strictEqual(await handle.authorization(), "Bearer canary-token-text-1")
    assert.strictEqual(asked.length, 1)
    assert.deepStrictEqual(asked[0]?.body, { scopes: ["admin"], expiresIn: 360 })
  })

  it("expiresIn is always sent: ten minutes where nobody says", async () => {
    const { asked, broker } = create(minting)
    await using open = await broker
    await (await open.own({ scopes: ["admin"] })).token()
    assert.deepStrictEqual(asked[0]?.body, { scopes: ["admin"], expiresIn: 600 })
  })

  it.each([
    [{ apiKey: "" }, "NUAPAY_API_KEY (apiKey)"],
    [{ environment: "prod" }, "NUAPAY_ENVIRONMENT (environment)"],
    [{ baseUrl: "http://api.nuapay.com" }, "NUAPAY_BASE_URL (baseUrl)"],
    [{ baseUrl: `https://u:${apiKey}@sandbox.nuapay.com` }, "NUAPAY_BASE_URL (baseUrl)"]
  ] as const)("bad settings %j name the setting, never its value", async (options, setting) => {
    const error = await rejection(create(minting, options).broker)
    assert.strictEqual(error.code, "invalid_configuration")
    assert.include(error.message, setting)
    assert.notInclude(error.message, apiKey)
  })

  it.each([
    [{ store: undefined }, "store"],
    [{ store: memoryStore({ maximumTokens: 0 }) }, "maximumTokens"],
    [{ apiKey: 7 }, "NUAPAY_API_KEY"],
    [{ storePolicy: "Fail" }, "storePolicy"],
    [{ timeout: -1 }, "timeout"],
    [{ deadline: 0 }, "deadline"],
    [{ concurrency: Number.NaN }, "concurrency"],
    [{ retryPolicy: { retries: -1 } }, "retries"]
  ])("what TypeScript would have refused names the setting: %j", async (options, setting) => {
    const error = await rejection(create(minting, options as never).broker)
    assert.strictEqual(error.code, "invalid_configuration")
    assert.include(error.message, setting)
  })

  it("a grant without its options is refused in words", async () => {
    await using open = await create(minting).broker
    for (const promise of [
      open.forOrganisation("m1", undefined as never),
      open.own(undefined as never),
      open.forApplication({ products: ["x"] } as never)
    ]) {
      assert.strictEqual((await rejection(promise)).code, "invalid_request")
    }
  })

  it("a default life out of bounds is refused", async () => {
    const error = await rejection(create(minting, { expiresIn: 9 }).broker)
    assert.include(error.message, "expiresIn must be a whole number of seconds")
  })

  it("bad grants reject at once", async () => {
    const { asked, broker } = create(minting)
    await using open = await broker
    for (const promise of [
      open.forOrganisation("a/b", { scopes: ["admin"] }),
      open.forOrganisation("m1", { scopes: [] }),
      open.own({ scopes: ["a"], expiresIn: 9 }),
      open.forApplication({ products: [], resourceId: "r" })
    ]) {
      assert.strictEqual((await rejection(promise)).code, "invalid_request")
    }
    assert.strictEqual(asked.length, 0)
  })

  it("an error says what, to whom, and what to do; as JSON too", async () => {
    const { broker } = create(() =>
      Response.json(
        { returnCode: "8888", details: { field: "scopes", description: "unknown" } },
        { status: 422 }
      )
    )
    await using open = await broker
    const handle = await open.forOrganisation("merchant-1", { scopes: ["x"] })
    const error = await rejection(handle.token())
    assert.deepInclude(JSON.parse(JSON.stringify(error)), {
      name: "TokenError",
      code: "invalid_request",
      reason: "InvalidRequest",
      retryable: false,
      organisation: "merchant-1",
      status: 422,
      returnCode: "8888",
      details: [{ field: "scopes", description: "unknown" }],
      documentation: "https://github.com/onbehalf/onbehalf/blob/main/docs/errors.md#invalid_request"
    })
    assert.strictEqual(
      error.message,
      "The request is not valid: scopes unknown, organisation merchant-1, status 422, returnCode 8888. " +
        "Correct what the details name. [invalid_request]"
    )
  })

  it("organisations: a page, one, and all of them", async () => {
    const { broker } = create((asked) => {
      const url = new URL(asked.url)
      if (url.pathname !== "/organisations") {
        return Response.json({ data: { id: url.pathname.split("/")[2] } })
      }
      const pageNumber = Number(url.searchParams.get("pagenumber"))
      return Response.json({
        data: [{ id: `m${pageNumber}`, name: "Åsa" }],
        page: { pageNumber, pageSize: 1, totalElements: 2, totalPages: 2 }
      })
    })
    await using open = await broker
    assert.strictEqual((await open.organisations()).organisations[0]?.name, "Åsa")
    assert.strictEqual((await open.organisation("m7")).id as string, "m7")
    const ids: Array<string> = []
    for await (const organisation of open.allOrganisations()) ids.push(organisation.id)
    assert.deepStrictEqual(ids, ["m1", "m2"])
  })

  it("an aborted wait rejects with the reason; the flight goes on for the others", async () => {
    const gate = Promise.withResolvers<void>()
    const { asked, broker } = create(mintingAfter(gate.promise))
    await using open = await broker
    const handle = await open.forOrganisation("merchant-1", { scopes: ["admin"] })
    const controller = new AbortController()
    const given = handle.token({ signal: controller.signal })
    const patient = handle.token()
    controller.abort(new Error("gone"))
    const outcome = await given.catch((error: unknown) => error)
    assert.strictEqual((outcome as Error).message, "gone")
    gate.resolve()
    assert.strictEqual((await patient).id, "token-1")
    assert.strictEqual(asked.length, 1)
  })

  it("revokes one token, and all of an organisation", async () => {
    const { broker } = create((asked, count) => {
      const [, id] = /\/tokens\/([^/]+)\/revoke$/.exec(asked.path) ?? []
      if (asked.path.endsWith("/tokens/revoke")) {
        return Response.json({ data: { revokedTokensCount: 4 } })
      }
      return id === undefined
        ? minting(asked, count)
        : Response.json({ data: { id, status: "REVOKED" } })
    })
    await using open = await broker
    const handle = await open.forOrganisation("merchant-1", { scopes: ["admin"] })
    assert.deepStrictEqual(await open.revoke(await handle.token()), {
      outcome: "revoked",
      tokens: 1
    })
    assert.strictEqual(handle.peek(), undefined)
    const token = await handle.token()
    assert.strictEqual((await open.entries()).length, 1)
    assert.isTrue(await handle.invalidate(token))
    const four = { outcome: "revoked", tokens: 4 } as const
    assert.deepStrictEqual(await open.revokeOrganisation("merchant-1"), four)
    assert.deepStrictEqual(await open.revokeOwn(), four)
  })

  it("a closed broker starts nothing, and ends what was under way", async () => {
    const { broker } = create(() => new Promise(() => undefined))
    const open = await broker
    const handle = await open.forOrganisation("merchant-1", { scopes: ["admin"] })
    const waiting = rejection(handle.token())
    await new Promise((resolve) => setImmediate(resolve))
    await open.close()
    assert.strictEqual((await waiting).code, "broker_closed")
    assert.strictEqual((await rejection(handle.token())).code, "broker_closed")
    assert.strictEqual((await rejection(handle.fetch("/mandates"))).code, "broker_closed")
    assert.strictEqual((await rejection(open.organisations())).code, "broker_closed")
  })
})
