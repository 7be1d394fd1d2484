import { runInThisContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import {
  errorHandler,
  onBehalf,
  OnBehalfError,
  type OnBehalf,
  type OnBehalfAs
} from "@onbehalf/express"
import type { ErrorRequestHandler, Request } from "express"
import { inspect } from "node:util"
import { everyForm } from "../../../tests/support/canary.ts"
import { type Arrived, rawNuapay } from "./support/rawNuapay.ts"
import { expresses, makeWorld, mandatesApp } from "./support/world.ts"

const world = makeWorld()

describe.each(expresses)("req.onBehalf, %s", (_version, create) => {
  /** Runs a handler with it, on a real request of a merchant, and answers with what it gives. */
  const run = async (
    use: (access: OnBehalf, request: Request) => Promise<unknown>,
    options: Parameters<typeof world.options>[0] = {}
  ) => {
    const nuapay = onBehalf(world.options(options))
    const app = create()
    app.set("env", "test")
    app.use(nuapay)
    app.get("/", (request, response, next) => {
      use(request.onBehalf, request)
        .then((body) => response.json(body ?? null))
        .catch(next)
    })
    app.use(errorHandler)
    const { get } = await world.serve(app, nuapay)
    const answer = await get("/", world.merchant())
    // What is asserted in a handler fails here.
    assert.strictEqual(answer.status, 200, answer.text)
    return answer
  }

  it("fetch acts for the merchant of the request", async () => {
    const { app, nuapay } = mandatesApp(create, world.options())
    const { get } = await world.serve(app, nuapay)
    for (const merchant of [world.merchant(0), world.merchant(1)]) {
      const { json, status } = await get("/mandates", merchant)
      assert.strictEqual(status, 200)
      assert.isAbove(json.data.length, 0)
      for (const mandate of json.data) assert.strictEqual(mandate.organisationId, merchant)
    }
  })

  it("asks for nothing until it is used, and for one token however often it is", async () => {
    await run(async ({ organisationId }) => {
      assert.strictEqual(organisationId, world.merchant())
    })
    assert.deepStrictEqual(world.simulator.counters, {})
    await run(async (access) => {
      const [one, other] = await Promise.all([access.token(), access.token()])
      assert.strictEqual(one, other)
      assert.strictEqual(await access.token(), one)
      assert.strictEqual(await access.authorization(), `Bearer ${one.reveal()}`)
    })
    assert.deepStrictEqual(world.simulator.counters, { requestTokenForOrganisation: 1 })
  })

  it("invariant 1: the merchant is who was let in, whatever is assigned", async () => {
    const { json } = await run(async (access) => {
      await access.token()
      const other = world.merchant(1)
      const written = access as { organisationId: string }
      assert.throws(() => (written.organisationId = other), TypeError)
      assert.throws(() => Object.assign(access, { organisationId: other }), TypeError)
      // As CommonJS does it, without a word.
      const assign = runInThisContext("(access, other) => void (access.organisationId = other)")
      assign(access, other)
      assert.strictEqual(access.organisationId, world.merchant())
      Object.defineProperty(access, "organisationId", { value: other })
      const tokens = [
        await access.token(),
        await access.using({ expiresIn: 60 }).token(),
        await access
          .application({ products: ["open_banking_pis"], resourceId: "any" })
          .token()
          .catch(() => undefined)
      ]
      const answer = await access.fetch("/mandates")
      const { data } = (await answer.json()) as { data: Array<{ organisationId: string }> }
      return [
        ...tokens.flatMap((token) => token?.organisation ?? []),
        ...data.map((each) => each.organisationId)
      ]
    })
    assert.isAbove(json.length, 2)
    assert.deepStrictEqual([...new Set(json)], [world.merchant()])
    for (const { path } of world.simulator.requests) {
      assert.notInclude(path, world.merchant(1))
    }
  })

  it("authorization serves an HTTP client of one's own", async () => {
    const { json } = await run(async (access) => {
      const authorization = await access.authorization()
      const answer = await fetch(`${world.simulator.url}/mandates`, { headers: { authorization } })
      return answer.json()
    })
    assert.strictEqual(json.data[0].organisationId, world.merchant())
  })

  it("using: the same merchant with another grant, each with a token of its own", async () => {
    const { json } = await run(
      async (access) => {
        const payments = access.using({ scopes: ["openbanking_pisp"], expiresIn: 60 })
        const tokens = await Promise.all([access.token(), payments.token(), payments.token()])
        const answer = await payments.fetch("/tpp/payments")
        const longer = payments.using({ expiresIn: 120 })
        return {
          organisation: payments.organisationId,
          scopes: tokens.map((token) => token.scopes),
          ids: new Set(tokens.map((token) => token.id)).size,
          status: answer.status,
          kept: (await longer.token()).scopes
        }
      },
      { scopes: ["admin"] }
    )
    assert.deepStrictEqual(json, {
      organisation: world.merchant(),
      scopes: [["admin"], ["openbanking_pisp"], ["openbanking_pisp"]],
      ids: 2,
      status: 200,
      kept: ["openbanking_pisp"]
    })
    assert.strictEqual(world.tokensFetched(), 3)
  })

  it.each(["token", "fetch"] as const)(
    "minimumValidity: a held token that lives too short is replaced, for %s",
    async (how) => {
      world.simulator.addFault({
        kind: "override",
        data: { expiryTime: Date.now() + 10_000 },
        match: { operation: "requestTokenForOrganisation" },
        times: 1
      })
      await run(async (access) => {
        const short = await access.token()
        assert.strictEqual(await access.using({ minimumValidity: 5_000 }).token(), short)
        const longer = access.using({ minimumValidity: 60_000 })
        if (how === "token") await longer.token()
        else await longer.fetch("/mandates")
        assert.notStrictEqual((await access.token()).id, short.id)
      })
      assert.strictEqual(world.tokensFetched(), 2)
    }
  )

  it.each([-1, Number.NaN])(
    "minimumValidity %d would hand out what has ended: refused",
    async (given) => {
      const { json } = await run(async (access) => {
        try {
          return access.using({ minimumValidity: given }).organisationId
        } catch (error) {
          return error instanceof OnBehalfError ? error.code : "another"
        }
      })
      assert.strictEqual(json, "invalid_request")
    }
  )

  it("fetch sends streams of Node as Node's own does, a request that arrives for one", async () => {
    await using nuapay = await rawNuapay()
    const app = create()
    app.set("env", "test")
    app.use(onBehalf(world.options({ baseUrl: nuapay.url })))
    app.post("/", (request, response, next) => {
      // With the DOM's types, which know no such body.
      const body = request as unknown as ReadableStream
      request.onBehalf
        .fetch("/mandates", { method: "POST", body, headers: { "content-type": "text/csv" } })
        .then((answer) => response.status(answer.status).end())
        .catch(next)
    })
    app.use(errorHandler)
    const { get } = await world.serve(app)
    const bytes = Buffer.alloc(300_000, "a,b;")
    assert.strictEqual((await get("/", "m1", { method: "POST", body: bytes })).status, 200)
    const [{ body, headers }] = nuapay.arrived as [Arrived]
    assert.isTrue(body.equals(bytes))
    assert.strictEqual(headers["content-type"], "text/csv")
  })

  it("application: a token for one resource, for a mobile app", async () => {
    const { json } = await run(
      async (access) => {
        const made = await access.fetch("/tpp/payments", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ amount: 12.5 })
        })
        const { data } = (await made.json()) as { data: { id: string } }
        const application = access.application({
          products: ["open_banking_pis"],
          resourceId: data.id
        })
        const token = await application.token()
        const answer = await application.fetch(`/tpp/payments/${data.id}`)
        return {
          organisation: application.organisationId,
          isTheResource: token.resourceId === data.id,
          status: answer.status,
          hasUsing: "using" in application
        }
      },
      { scopes: ["openbanking_pisp"] }
    )
    assert.deepStrictEqual(json, {
      organisation: world.merchant(),
      isTheResource: true,
      status: 200,
      hasUsing: false
    })
  })

  it("a token that Nuapay refuses is replaced once", async () => {
    const { app, nuapay } = mandatesApp(create, world.options())
    const { get } = await world.serve(app, nuapay)
    assert.strictEqual((await get("/mandates", world.merchant())).status, 200)
    world.simulator.advanceClock(3_600_000)
    assert.strictEqual((await get("/mandates", world.merchant())).status, 200)
    assert.strictEqual(world.tokensFetched(), 2)
  })

  it("invariant 7: nothing of it shows when the request or it is logged or serialised", async () => {
    await run(async (access, request) => {
      const token = await access.token()
      assert.notInclude(Object.keys(request), "onBehalf")
      assert.notInclude(inspect(request, { depth: 5 }), "organisationId")
      assert.strictEqual(JSON.stringify(access), "{}")
      assert.notInclude(everyForm(access), token.reveal())
      assert.notInclude(everyForm(request), token.reveal())
      assert.notInclude(everyForm(access), world.simulator.apiKey)
    })
  })

  it("two middlewares with two names live in one app, each with its own merchants and scopes", async () => {
    const admin = onBehalf(world.options({ name: "admin" }))
    const payments = onBehalf(
      world.options({
        name: "payments",
        scopes: ["openbanking_pisp"],
        organisation: (request) => request.get("x-payer")
      })
    )
    const app = create()
    app.use(admin, payments)
    app.get("/", (request, response, next) => {
      const named = request as typeof request & OnBehalfAs<"admin"> & OnBehalfAs<"payments">
      Promise.all([named.admin.token(), named.payments.token()])
        .then((tokens) => response.json(tokens.map((each) => [each.organisation, ...each.scopes])))
        .catch(next)
    })
    const { get } = await world.serve(app, admin)
    const { json } = await get("/", world.merchant(0), {
      headers: { "x-payer": world.merchant(1) }
    })
    assert.deepStrictEqual(json, [
      [world.merchant(0), "admin"],
      [world.merchant(1), "openbanking_pisp"]
    ])
    await payments.close()
  })

  it.each(["same name", "property of Express"])(
    "a name that is taken (%s) is refused",
    async (how) => {
      const first = onBehalf(world.options())
      const second = onBehalf(world.options({ name: how === "same name" ? "onBehalf" : "query" }))
      const app = create()
      app.set("env", "test")
      app.use(first, second)
      app.use(errorHandler)
      const { get } = await world.serve(app, first)
      const { json, status } = await get("/", world.merchant())
      assert.strictEqual(status, 500)
      assert.strictEqual(json.code, "misused")
      await second.close()
    }
  )

  it("the same middleware twice: the later merchant is the one that is acted for", async () => {
    const merchants = [world.merchant(0), world.merchant(1)]
    let turn = 0
    const nuapay = onBehalf(world.options({ organisation: () => merchants[turn++] }))
    const app = create()
    app.use(nuapay, nuapay)
    app.get("/", (request, response) => response.send(request.onBehalf.organisationId))
    const { get } = await world.serve(app, nuapay)
    assert.strictEqual((await get("/")).text, world.merchant(1))
  })

  it.each([{ eager: true }, { directory: true }])(
    "the same middleware twice, %j: one request has one place and one deadline",
    async (options) => {
      const nuapay = onBehalf(
        world.options({ maximumWaiting: 1, requestDeadline: 1_000, ...options })
      )
      const app = create()
      app.set("env", "test")
      app.use(nuapay)
      app.use("/late", (_request, _response, next) => void setTimeout(next, 1_050))
      app.use("/", nuapay)
      app.use((request, response, next) => {
        request.onBehalf.fetch("/mandates").then(({ status }) => response.sendStatus(status), next)
      })
      app.use(errorHandler)
      const { get } = await world.serve(app, nuapay)
      assert.strictEqual((await get("/", world.merchant())).status, 200)
      assert.strictEqual((await get("/late", world.merchant())).status, 504)
    }
  )

  it("the same middleware twice, and the second time nobody is let in: nobody is left", async () => {
    const merchants = [world.merchant(0), undefined]
    let turn = 0
    const nuapay = onBehalf(world.options({ organisation: () => merchants[turn++] }))
    const app = create()
    const goOn: ErrorRequestHandler = (_error, _request, _response, next) => next()
    app.use(nuapay, nuapay, goOn)
    app.get("/", (request, response) => response.json("onBehalf" in request))
    const { get } = await world.serve(app, nuapay)
    assert.isFalse((await get("/")).json)
    assert.strictEqual(turn, 2)
  })

  it("eager fetches the token before the handler, and forwards why it could not", async () => {
    const { app, nuapay } = mandatesApp(create, world.options({ eager: true }))
    app.get("/unused", (_request, response) => response.send("handled"))
    const { get } = await world.serve(app, nuapay)
    assert.strictEqual((await get("/unknown-path", world.merchant())).status, 404)
    assert.strictEqual(world.tokensFetched(), 1)
    const refused = await get("/unknown-path", "nobody")
    assert.strictEqual(refused.json.code, "merchant_unknown")
  })
})
