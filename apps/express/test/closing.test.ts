import { assert, describe, it } from "@effect/vitest"
import {
  errorHandler,
  onBehalf,
  type OnBehalf,
  type OnBehalfError,
  type OnBehalfOptions
} from "@onbehalf/express"
import { expresses, makeWorld, mandatesApp } from "./support/world.ts"

const world = makeWorld()

const mandates = { operation: "listMandates" }

describe.each(expresses)("closing, %s", (_version, create) => {
  const serveMandates = async (options: Partial<OnBehalfOptions> = {}) => {
    const { app, nuapay } = mandatesApp(create, world.options(options))
    return { nuapay, ...(await world.serve(app, nuapay)) }
  }

  it("close lets a request that began before it make its further calls", async () => {
    const closing = Promise.withResolvers<void>()
    const { app, nuapay } = mandatesApp(create, world.options())
    const called = Promise.withResolvers<void>()
    app.get("/two", (request, response, next) => {
      const work = async () => {
        await request.onBehalf.fetch("/mandates")
        called.resolve()
        await closing.promise
        response.sendStatus((await request.onBehalf.fetch("/mandates")).status)
      }
      work().catch(next)
    })
    const { get } = await world.serve(app, nuapay)
    const running = get("/two", world.merchant())
    await called.promise
    const closed = nuapay.close()
    // Long enough for a broker that nothing holds open to close.
    await new Promise((resolve) => setTimeout(resolve, 50))
    closing.resolve()
    assert.strictEqual((await running).status, 200)
    await closed
  })

  it("close waits for what is under way, refuses what is new, and revokes if asked", async () => {
    const { get, nuapay } = await serveMandates()
    world.simulator.addFault({ kind: "latency", ms: 300, match: mandates })
    const running = get("/mandates", world.merchant())
    while (world.simulator.counters["listMandates"] === undefined) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    const closing = nuapay.close({ revoke: true })
    const refused = await get("/mandates", world.merchant())
    assert.deepStrictEqual([refused.status, refused.json.code], [503, "closing"])
    assert.strictEqual((await running).status, 200)
    assert.deepInclude(await closing, { revoked: 1, unconfirmed: 0 })
    assert.strictEqual(world.simulator.counters["revokeTokenForOrganisation"], 1)
  })

  it("two signals at once close it once, and what is revoked is reported to both", async () => {
    const { get, nuapay } = await serveMandates()
    assert.strictEqual((await get("/token", world.merchant())).status, 200)
    const reports = await Promise.all([1, 2].map(() => nuapay.close({ revoke: true })))
    for (const report of reports) assert.deepInclude(report, { revoked: 1, unconfirmed: 0 })
    assert.strictEqual(world.simulator.counters["revokeTokenForOrganisation"], 1)
  })

  it("close without revoke leaves tokens to expire, and waits no longer than the deadline", async () => {
    const { get, nuapay } = await serveMandates({ requestDeadline: 200 })
    world.simulator.addFault({ kind: "hang", match: mandates })
    const running = get("/mandates", world.merchant())
    while (world.simulator.counters["listMandates"] === undefined) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.isUndefined(await nuapay.close())
    assert.strictEqual((await running).status, 504)
    assert.isUndefined(world.simulator.counters["revokeTokenForOrganisation"])
  })

  it.each([{}, { revoke: true }])(
    "after close nothing is handed out, also to who was let in before: %j",
    async (how) => {
      const { app, nuapay } = mandatesApp(create, world.options())
      const entered = Promise.withResolvers<OnBehalf>()
      app.get("/in", (request) => entered.resolve(request.onBehalf))
      const { get } = await world.serve(app, nuapay)
      assert.strictEqual((await get("/token", world.merchant())).status, 200)
      void get("/in", world.merchant()).catch(() => undefined)
      const access = await entered.promise
      await nuapay.close(how)
      for (const call of [() => access.token(), () => access.authorization()]) {
        const error: unknown = await call().catch((caught: unknown) => caught)
        assert.strictEqual((error as OnBehalfError).code, "closing")
      }
    }
  )

  it("health says so while it drains, and who is refused hears when to come again", async () => {
    const nuapay = onBehalf(world.options({ requestDeadline: 500 }))
    const app = create()
    app.set("env", "test")
    app.get("/health", nuapay.health)
    app.use(nuapay)
    app.get("/mandates", (request, _response, next) => {
      request.onBehalf.fetch("/mandates").then(() => next(), next)
    })
    app.use(errorHandler)
    const { get } = await world.serve(app, nuapay)
    assert.strictEqual((await get("/health")).status, 200)
    world.simulator.addFault({ kind: "hang", match: mandates })
    const running = get("/mandates", world.merchant())
    while (world.simulator.counters["listMandates"] === undefined) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    const closed = nuapay.close()
    const { json, status } = await get("/health")
    assert.deepStrictEqual([status, json.status], [503, "down"])
    const refused = await get("/mandates", world.merchant())
    assert.deepStrictEqual(
      [refused.json.code, refused.headers.get("retry-after")],
      ["closing", "1"]
    )
    assert.strictEqual((await running).status, 504)
    await closed
  })
})
