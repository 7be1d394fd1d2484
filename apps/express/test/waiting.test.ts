import { assert, describe, it, vi } from "@effect/vitest"
import { errorHandler, onBehalf, OnBehalfError, type OnBehalfOptions } from "@onbehalf/express"
import type { Request, RequestHandler, Response } from "express"
import { rawNuapay } from "./support/rawNuapay.ts"
import { expresses, makeWorld, mandatesApp } from "./support/world.ts"

const world = makeWorld()

const mandates = { operation: "listMandates" }
const tokens = { operation: "requestTokenForOrganisation" }

/** Remembers the signals of what was sent. */
const watchedFetch = () => {
  const signals: Array<AbortSignal> = []
  const watched: typeof fetch = (input, init) => {
    if (init?.signal) signals.push(init.signal)
    return fetch(input, init)
  }
  return { signals, fetch: watched }
}

describe.each(expresses)("waiting, %s", (_version, create) => {
  const serveMandates = async (options: Partial<OnBehalfOptions> = {}) => {
    const { app, nuapay } = mandatesApp(create, world.options(options))
    return { nuapay, ...(await world.serve(app, nuapay)) }
  }

  /** An app whose handler's fate is told to the test. */
  const serveWatched = async (
    work: (request: Request, response: Response) => Promise<unknown>,
    options: Partial<OnBehalfOptions> = {}
  ) => {
    const fate = Promise.withResolvers<unknown>()
    const reached = Promise.withResolvers<void>()
    const handler: RequestHandler = (request, response, next) => {
      const working = work(request, response)
      reached.resolve()
      working.then(fate.resolve, (error: unknown) => {
        fate.resolve(error)
        next(error)
      })
    }
    const nuapay = onBehalf(world.options(options))
    const app = create()
    app.set("env", "test")
    app.use(nuapay)
    app.get("/", handler)
    app.use(errorHandler)
    return { fate: fate.promise, reached: reached.promise, ...(await world.serve(app, nuapay)) }
  }

  it("a client that goes away ends the call for it", async () => {
    const { fetch: watched, signals } = watchedFetch()
    const { fate, get, reached } = await serveWatched(
      (request) => request.onBehalf.fetch("/mandates"),
      { fetch: watched }
    )
    world.simulator.addFault({ kind: "hang", match: mandates })
    const client = new AbortController()
    const gone = get("/", world.merchant(), { signal: client.signal }).catch(
      (error: Error) => error.name
    )
    await reached
    while (!world.simulator.requests.some((one) => one.operation === "listMandates")) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    client.abort()
    assert.strictEqual(await gone, "AbortError")
    const error = await fate
    assert.instanceOf(error, OnBehalfError)
    assert.strictEqual(error.code, "client_gone")
    assert.isTrue(signals.at(-1)?.aborted)
  })

  it("invariant 9: a client that goes away while a token is fetched costs the others nothing", async () => {
    const { get } = await serveMandates()
    world.simulator.addFault({ kind: "latency", ms: 300, match: tokens })
    const client = new AbortController()
    const gone = get("/mandates", world.merchant(), { signal: client.signal }).catch(
      (error: Error) => error.name
    )
    while (world.tokensFetched() === 0) await new Promise((resolve) => setImmediate(resolve))
    const other = get("/mandates", world.merchant())
    client.abort()
    assert.strictEqual(await gone, "AbortError")
    assert.strictEqual((await other).status, 200)
    assert.strictEqual(world.tokensFetched(), 1)
  })

  it("a client that has gone before anything was asked for: nothing is asked for", async () => {
    const left = Promise.withResolvers<void>()
    const { fate, get, reached } = await serveWatched(async (request, response) => {
      response.once("close", left.resolve)
      await left.promise
      return request.onBehalf.fetch("/mandates")
    })
    const client = new AbortController()
    void get("/", world.merchant(), { signal: client.signal }).catch(() => undefined)
    await reached
    client.abort()
    const error = await fate
    assert.instanceOf(error, OnBehalfError)
    assert.strictEqual(error.code, "client_gone")
    assert.deepStrictEqual(world.simulator.counters, {})
  })

  it("what goes on after the answer is not ended by it, nor by the deadline", async () => {
    const { fate, get } = await serveWatched(
      async (request, response) => {
        const done = new Promise((resolve) => response.once("close", resolve))
        const call = request.onBehalf.fetch("/mandates")
        response.send("accepted")
        await done
        await call
        return (await request.onBehalf.fetch("/mandates")).status
      },
      { requestDeadline: 500 }
    )
    world.simulator.addFault({ kind: "latency", ms: 600, match: mandates })
    assert.strictEqual((await get("/", world.merchant())).text, "accepted")
    assert.strictEqual(await fate, 200)
  })

  it("with a signal of one's own, a client that goes away and the deadline end a call too", async () => {
    const { fetch: watched, signals } = watchedFetch()
    const { fate, get, reached } = await serveWatched(
      (request) => request.onBehalf.fetch("/mandates", { signal: new AbortController().signal }),
      { fetch: watched, requestDeadline: 1_500 }
    )
    world.simulator.addFault({ kind: "hang", match: mandates })
    const client = new AbortController()
    const gone = get("/", world.merchant(), { signal: client.signal }).catch(() => "gone")
    await reached
    while (signals.length < 2) await new Promise((resolve) => setImmediate(resolve))
    client.abort()
    assert.strictEqual(await gone, "gone")
    assert.strictEqual(((await fate) as OnBehalfError).code, "client_gone")
    assert.isTrue(signals.at(-1)?.aborted)
    const late = await get("/", world.merchant())
    assert.strictEqual(late.json.code, "deadline_exceeded")
    assert.isTrue(signals.at(-1)?.aborted)
  })

  it.each(["organisation", "allow"] as const)(
    "invariant 8: whoever waits for %s that hangs is counted: beyond the maximum, 503 at once",
    async (name) => {
      const { get } = await serveMandates({
        [name]: () => new Promise(() => undefined),
        maximumWaiting: 2,
        requestDeadline: 500
      })
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => get("/mandates", world.merchant()))
      )
      const codes = answers.map(({ json }) => json.code)
      assert.strictEqual(codes.filter((code) => code === "overloaded").length, 8)
      // Their places are free again.
      assert.strictEqual((await get("/mandates", world.merchant())).status, 504)
    }
  )

  it("who has been named has its place back: the next is not shed", async () => {
    const { get } = await serveMandates({
      organisation: async (request) => request.get("x-merchant"),
      allow: async () => true,
      maximumWaiting: 1
    })
    for (let turn = 0; turn < 3; turn++) {
      assert.strictEqual((await get("/mandates", world.merchant())).status, 200)
    }
  })

  it("one's own signal ends a call as fetch does", async () => {
    const { fate, get } = await serveWatched((request) =>
      request.onBehalf.fetch("/mandates", { signal: AbortSignal.abort() })
    )
    await get("/", world.merchant())
    assert.strictEqual(((await fate) as Error).name, "AbortError")
  })

  it("also while a token with enough life left is waited for", async () => {
    const { fate, get } = await serveWatched(
      (request) => request.onBehalf.fetch("/mandates", { signal: AbortSignal.timeout(50) }),
      { minimumValidity: 1_000, requestDeadline: 2_000 }
    )
    world.simulator.addFault({ kind: "hang", match: tokens })
    await get("/", world.merchant())
    assert.strictEqual(((await fate) as Error).name, "TimeoutError")
  })

  it.each([
    ["the token", { kind: "hang", match: tokens }],
    ["the answer", { kind: "hang", match: mandates }],
    ["the last byte of it", { kind: "slowBody", chunkBytes: 1, everyMs: 50, match: mandates }]
  ] as const)("the deadline ends the wait for %s: 504", async (_what, fault) => {
    const { get } = await serveMandates({ requestDeadline: 300 })
    world.simulator.addFault(fault)
    const { json, status } = await get("/mandates", world.merchant())
    assert.deepStrictEqual([status, json.code], [504, "deadline_exceeded"])
  })

  it("a handler that comes back after its deadline asks for nothing", async () => {
    const { get } = await serveWatched(
      async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        return request.onBehalf.fetch("/mandates")
      },
      { requestDeadline: 1 }
    )
    assert.strictEqual((await get("/", world.merchant())).status, 504)
    assert.deepStrictEqual(world.simulator.counters, {})
  })

  it("with a token that is held neither", async () => {
    const { get } = await serveWatched(
      async (request, response) => {
        if (request.query["late"] === undefined) await request.onBehalf.token()
        else await new Promise((resolve) => setTimeout(resolve, 1_050))
        const { status } = await request.onBehalf.fetch("/mandates")
        response.sendStatus(status)
      },
      { requestDeadline: 1_000 }
    )
    assert.strictEqual((await get("/", world.merchant())).status, 200)
    assert.strictEqual((await get("/?late", world.merchant())).status, 504)
    assert.strictEqual(world.simulator.counters["listMandates"], 1)
  })

  it("a grant that is none, after the client has gone, harms nobody", async () => {
    const left = Promise.withResolvers<void>()
    const { fate, get, reached } = await serveWatched(async (request, response) => {
      response.once("close", left.resolve)
      await left.promise
      return request.onBehalf.using({ expiresIn: -1 }).fetch("/mandates")
    })
    const client = new AbortController()
    void get("/", world.merchant(), { signal: client.signal }).catch(() => undefined)
    await reached
    client.abort()
    assert.strictEqual(((await fate) as OnBehalfError).code, "client_gone")
  })

  it("a request that finds its token held costs no timer and no listener", async () => {
    const requestDeadline = 54_321
    const { app, nuapay } = mandatesApp(create, world.options({ requestDeadline }))
    const costs: Array<readonly [listeners: number, timers: number]> = []
    app.get("/costs", (request, response, next) => {
      const timers = vi.spyOn(globalThis, "setTimeout")
      const before = response.listenerCount("close")
      request.onBehalf
        .token()
        .then(() => {
          const own = timers.mock.calls.filter(
            ([, delay = 0]) => delay > requestDeadline - 5_000 && delay <= requestDeadline
          )
          costs.push([response.listenerCount("close") - before, own.length])
          response.end()
        })
        .catch(next)
        .finally(() => timers.mockRestore())
    })
    const { get } = await world.serve(app, nuapay)
    await get("/costs", world.merchant())
    await get("/costs", world.merchant())
    assert.deepStrictEqual(costs, [
      [1, 1],
      [0, 0]
    ])
  })

  it("invariant 8: whoever still reads a body waits too: beyond the maximum, 503 at once", async () => {
    const arrived = Promise.withResolvers<void>()
    let heads = 0
    await using slow = await rawNuapay((_arrived, response) => {
      response.writeHead(200, { "content-type": "application/json" }).write("{")
    })
    const nuapay = onBehalf(
      world.options({ baseUrl: slow.url, maximumWaiting: 3, requestDeadline: 1_000 })
    )
    const app = create()
    app.use(nuapay)
    app.get("/", (request, response, next) => {
      request.onBehalf
        .fetch("/mandates")
        .then((answer) => {
          if (++heads === 3) arrived.resolve()
          return answer.json()
        })
        .then((body) => response.json(body))
        .catch(next)
    })
    app.use(errorHandler)
    const { get } = await world.serve(app, nuapay)
    const waits = Array.from({ length: 3 }, () => get("/", "m1"))
    await arrived.promise
    const { json, status } = await get("/", "m1")
    assert.deepStrictEqual([status, json.code], [503, "overloaded"])
    for (const answer of await Promise.all(waits)) assert.strictEqual(answer.status, 504)
    // Their places are free again.
    assert.strictEqual((await get("/", "m1")).json.code, "deadline_exceeded")
  })

  it("a request has one place, however many calls it makes; each after its answer has one", async () => {
    const { fate, get } = await serveWatched(
      async (request, response) => {
        const calls = () => Promise.all([1, 2, 3].map(() => request.onBehalf.fetch("/mandates")))
        await calls()
        const closed = new Promise((resolve) => response.once("close", resolve))
        response.end()
        await closed
        const { status } = await request.onBehalf.fetch("/mandates")
        const error: unknown = await calls().catch((caught: unknown) => caught)
        return [status, (error as OnBehalfError).code]
      },
      { maximumWaiting: 1 }
    )
    await get("/", world.merchant())
    assert.deepStrictEqual(await fate, [200, "overloaded"])
  })

  it("invariant 8: beyond the maximum, 503 at once; other routes answer; the rest ends in time", async () => {
    const { app, nuapay } = mandatesApp(
      create,
      world.options({ maximumWaiting: 5, requestDeadline: 1_000 })
    )
    app.get("/plain", (_request, response) => response.send("plain"))
    const { get } = await world.serve(app, nuapay)
    world.simulator.addFault({ kind: "hang", match: mandates })
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => get("/mandates", world.merchant()))
    )
    const codes = answers.map(({ json }) => json.code)
    // A machine so busy that requests come after the first five have ended lets some more of them wait.
    const waited = codes.filter((code) => code === "deadline_exceeded").length
    assert.isAtLeast(waited, 5)
    assert.isBelow(waited, 50)
    assert.strictEqual(codes.filter((code) => code === "overloaded").length, 50 - waited)
    assert.strictEqual(
      answers.find(({ json }) => json.code === "overloaded")?.headers.get("retry-after"),
      "1"
    )
    assert.strictEqual((await get("/plain", world.merchant())).text, "plain")
    world.simulator.clearFaults()
    assert.strictEqual((await get("/mandates", world.merchant())).status, 200)
  })
})
