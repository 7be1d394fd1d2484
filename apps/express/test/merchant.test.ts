import { assert, describe, it, vi } from "@effect/vitest"
import { errorHandler, onBehalf, OnBehalfError, type OnBehalfOptions } from "@onbehalf/express"
import type { ErrorRequestHandler, NextFunction, Request, Response } from "express"
import { runInNewContext } from "node:vm"
import { expresses, makeWorld } from "./support/world.ts"

const world = makeWorld()

describe.each(expresses)("whom a request acts for, %s", (_version, create) => {
  const serve = async (options: Partial<OnBehalfOptions>) => {
    const nuapay = onBehalf(world.options(options))
    const app = create()
    app.set("env", "test")
    app.use(nuapay)
    app.get("/", (request, response) => response.send(request.onBehalf.organisationId))
    app.use(errorHandler)
    app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
      response.status(418).send(error.message)
    })
    return { nuapay, ...(await world.serve(app, nuapay)) }
  }

  it.each([
    ["at once", () => "merchant-1"],
    ["later", async () => "merchant-1"],
    ["as another realm's promise", () => runInNewContext('Promise.resolve("merchant-1")')]
  ] as ReadonlyArray<readonly [string, OnBehalfOptions["organisation"]]>)(
    "the app says who, %s",
    async (_how, organisation) => {
      const { get } = await serve({ organisation })
      const { status, text } = await get("/")
      assert.deepStrictEqual([status, text], [200, "merchant-1"])
    }
  )

  it.each([
    ["organisation", { organisation: () => new Promise<string>(() => undefined) }],
    ["allow", { allow: () => new Promise<boolean>(() => undefined) }]
  ] as const)("%s that hangs is not laid to Nuapay's charge", async (_name, hanging) => {
    const nuapay = onBehalf(world.options({ ...hanging, requestDeadline: 50 }))
    const app = create()
    app.set("env", "test")
    app.use(nuapay)
    const forwarded: Array<unknown> = []
    const remember: ErrorRequestHandler = (error, _request, _response, next) => {
      forwarded.push(error)
      next(error)
    }
    app.use(remember, errorHandler)
    const { get } = await world.serve(app, nuapay)
    const { json, status } = await get("/", world.merchant())
    assert.deepStrictEqual([status, json.code], [504, "deadline_exceeded"])
    const [error] = forwarded
    assert.instanceOf(error, OnBehalfError)
    assert.notInclude(error.message, "Nuapay")
    assert.include(error.message, "organisation or allow")
  })

  it.each([
    ["undefined", () => undefined],
    ["null", () => null],
    ["undefined, later", async () => undefined]
  ])("%s is nobody: 401", async (_how, organisation) => {
    const { get } = await serve({ organisation })
    const { json, status } = await get("/")
    assert.deepStrictEqual([status, json.code], [401, "no_merchant"])
  })

  it.each([
    [
      "throws",
      () => {
        throw new Error("the session is broken")
      }
    ],
    ["rejects", () => Promise.reject(new Error("the session is broken"))]
  ])("what it %s is forwarded as it is", async (_how, fail) => {
    for (const options of [
      { organisation: fail },
      { organisation: () => "merchant-1", allow: fail }
    ] as Array<Partial<OnBehalfOptions>>) {
      const { get } = await serve(options)
      const { status, text } = await get("/")
      assert.deepStrictEqual([status, text], [418, "the session is broken"])
    }
  })

  it.each([undefined, null, "route", "router", "", 0, false, Symbol("x")])(
    "fails closed: %s that is thrown is an error, and goes on to nothing",
    async (value) => {
      const fail = () => {
        throw value
      }
      const reject = async () => fail()
      for (const options of [
        { organisation: fail },
        { organisation: reject },
        { organisation: () => "merchant-1", allow: fail },
        { organisation: () => "merchant-1", allow: reject }
      ]) {
        const nuapay = onBehalf(world.options(options))
        const app = create()
        app.use("/guarded", nuapay)
        app.use("/proxied", nuapay.proxy({ methods: ["GET"], paths: ["/mandates"] }))
        app.use(["/guarded", "/proxied"], (_request, response) => response.send("let in"))
        app.use(errorHandler)
        const { get } = await world.serve(app, nuapay)
        for (const path of ["/guarded", "/proxied/mandates"]) {
          const { json, status } = await get(path)
          assert.deepStrictEqual([status, json?.code], [500, "misused"], path)
        }
      }
    }
  )

  it.each(["organisation", "allow"] as const)("%s never answers: 504", async (which) => {
    const { get } = await serve({
      organisation: () => "merchant-1",
      [which]: () => new Promise(() => undefined),
      requestDeadline: 50
    })
    const { json, status } = await get("/")
    assert.deepStrictEqual([status, json.code], [504, "deadline_exceeded"])
  })

  it("who is looked up too late, and then fails, harms nobody", async () => {
    const late = Promise.withResolvers<string>()
    const { get } = await serve({ organisation: () => late.promise, requestDeadline: 20 })
    assert.strictEqual((await get("/")).status, 504)
    late.reject(new Error("the session store is away"))
    assert.strictEqual((await get("/")).status, 418)
  })

  it.each(["organisation", "allow"] as const)(
    "%s that holds the process up until the deadline, and fails, harms nobody",
    async (which) => {
      const unheard = vi.fn<(reason: unknown) => void>()
      process.on("unhandledRejection", unheard)
      const { get } = await serve({
        organisation: () => "merchant-1",
        [which]: async () => {
          for (const until = performance.now() + 50; performance.now() < until;);
          throw new Error("the session store is away")
        },
        requestDeadline: 20
      })
      assert.strictEqual((await get("/")).status, 504)
      process.off("unhandledRejection", unheard)
      assert.deepStrictEqual(unheard.mock.calls, [])
    }
  )

  it.each([
    [true, 200],
    [false, 403],
    [Promise.resolve(true), 200],
    [Promise.resolve(false), 403],
    ["yes", 403],
    [1, 403],
    [{}, 403],
    [undefined, 403]
  ])("allow gives %s: %i", async (given, expected) => {
    const { get } = await serve({ allow: () => given as boolean })
    const { json, status } = await get("/", world.merchant())
    assert.strictEqual(status, expected)
    if (expected === 403) assert.strictEqual(json.code, "merchant_refused")
  })

  it("allow sees the request and the merchant; never one that is no id", async () => {
    const seen: Array<string> = []
    const { get } = await serve({
      allow: (request, organisationId) => {
        seen.push(organisationId)
        return request.get("x-merchant") === organisationId
      }
    })
    assert.strictEqual((await get("/", "merchant-1")).status, 200)
    assert.strictEqual((await get("/", "../merchant-1")).status, 400)
    assert.deepStrictEqual(seen, ["merchant-1"])
  })

  it("T15: a header, a path, a query never name the merchant by themselves", async () => {
    const { get } = await serve({ organisation: (request) => request.get("x-session") })
    const forged = world.merchant(1)
    const answer = await get(`/?organisation=${forged}&merchantId=${forged}`, forged, {
      headers: { "x-session": world.merchant(0), "x-organisation": forged }
    })
    assert.strictEqual(answer.text, world.merchant(0))
    assert.strictEqual((await get(`/?organisation=${forged}`, forged)).status, 401)
  })

  it("T15: under whatever key a grant of a known merchant is kept, it is no id", async () => {
    const nuapay = onBehalf(world.options())
    const app = create()
    app.set("env", "test")
    app.use(nuapay)
    app.get("/", (request, response, next) => {
      const { onBehalf: access } = request
      Promise.all([access.token(), access.using({ scopes: ["openbanking_pisp"] }).token()])
        .then(([{ organisation }]) => response.send(organisation))
        .catch(next)
    })
    app.use(errorHandler)
    const { get } = await world.serve(app, nuapay)
    const merchant = world.merchant()
    const keys = [["openbanking_pisp"], ["admin"]].map((scopes) =>
      JSON.stringify([merchant, "merchant", scopes, null])
    )
    // The first time it is checked, the second time it is known.
    for (const _ of [1, 2]) {
      assert.strictEqual((await get("/", merchant)).text, merchant)
      for (const key of keys) {
        const { json, status } = await get("/", key)
        assert.deepStrictEqual([status, json.code], [400, "invalid_merchant"], key)
      }
    }
  })

  it("T15: a header that comes twice is no id", async () => {
    const { url } = await serve({ organisation: (request) => request.get("x-merchant") })
    const headers = new Headers([
      ["x-merchant", world.merchant(0)],
      ["x-merchant", world.merchant(1)]
    ])
    assert.strictEqual((await fetch(url, { headers })).status, 400)
  })
})

describe.each(expresses)("directory, %s", (_version, create) => {
  const serve = async (options: Partial<OnBehalfOptions> = {}) => {
    const nuapay = onBehalf(world.options({ directory: true, ...options }))
    const app = create()
    app.use(nuapay)
    app.get("/", (request, response) => response.send(request.onBehalf.organisationId))
    app.use(errorHandler)
    return { nuapay, ...(await world.serve(app, nuapay)) }
  }
  const listed = () => world.simulator.counters["listOrganisations"] ?? 0

  it("an active merchant of the partner passes; Nuapay is asked once", async () => {
    const { get } = await serve()
    assert.strictEqual((await get("/", world.merchant())).status, 200)
    assert.strictEqual((await get("/", world.merchant())).status, 200)
    assert.strictEqual(listed(), 1)
  })

  it("a hundred at once ask once", async () => {
    const { get } = await serve()
    const answers = await Promise.all(Array.from({ length: 100 }, () => get("/", world.merchant())))
    assert.isTrue(answers.every(({ status }) => status === 200))
    assert.strictEqual(listed(), 1)
  })

  it("who is not active, not the partner's, or nobody is refused: 403", async () => {
    const { get } = await serve()
    const pending = world.simulator.merchants.find(({ status }) => status !== "ACTIVE")
    assert.isDefined(pending)
    for (const id of [pending.id, "nobody", world.simulator.partner.id]) {
      const { json, status } = await get("/", id)
      assert.deepStrictEqual([status, json.code], [403, "merchant_refused"], id)
    }
  })

  it("an answer about another merchant opens nothing", async () => {
    const { get } = await serve()
    world.simulator.addFault({
      kind: "override",
      body: { data: [{ id: world.merchant(1), status: "ACTIVE" }] },
      match: { operation: "listOrganisations" }
    })
    assert.strictEqual((await get("/", world.merchant(0))).status, 403)
  })

  it("with Nuapay away: who was never seen is not let in, who is known is", async () => {
    const { get } = await serve()
    assert.strictEqual((await get("/", world.merchant(0))).status, 200)
    world.simulator.addFault({ kind: "status", status: 503 })
    const unseen = await get("/", world.merchant(1))
    assert.deepStrictEqual([unseen.status, unseen.json.code], [502, "upstream_failed"])
    assert.strictEqual((await get("/", world.merchant(0))).status, 200)
  })

  it("who is shed asks Nuapay for nothing", async () => {
    const { get } = await serve({ maximumWaiting: 1 })
    world.simulator.addFault({ kind: "hang", match: { operation: "listOrganisations" } })
    const client = new AbortController()
    const first = get("/", world.merchant(), { signal: client.signal }).catch(() => "gone")
    while (listed() === 0) await new Promise((resolve) => setImmediate(resolve))
    for (const merchant of ["m1", "m2", "m3"]) {
      const { json, status } = await get("/", merchant)
      assert.deepStrictEqual([status, json.code], [503, "overloaded"])
    }
    assert.strictEqual(listed(), 1)
    client.abort()
    assert.strictEqual(await first, "gone")
  })

  it("who has gone before it is asked for asks Nuapay for nothing", async () => {
    const looked = Promise.withResolvers<void>()
    const left = Promise.withResolvers<void>()
    const { get } = await serve({
      allow: async ({ res }) => {
        res?.once("close", left.resolve)
        looked.resolve()
        await left.promise
        return true
      }
    })
    const client = new AbortController()
    const gone = get("/", world.merchant(), { signal: client.signal }).catch(() => "gone")
    await looked.promise
    client.abort()
    assert.strictEqual(await gone, "gone")
    await left.promise
    await new Promise((resolve) => setImmediate(resolve))
    assert.strictEqual(listed(), 0)
  })

  it("revoke forgets what was known, so that a merchant who left is asked for again", async () => {
    const { get, nuapay } = await serve()
    assert.strictEqual((await get("/", world.merchant())).status, 200)
    await nuapay.revoke(world.merchant())
    assert.strictEqual((await get("/", world.merchant())).status, 200)
    assert.strictEqual(listed(), 2)
  })
})
