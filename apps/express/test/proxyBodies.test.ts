import { assert, describe, it } from "@effect/vitest"
import { errorHandler, onBehalf } from "@onbehalf/express"
import type { ErrorRequestHandler } from "express"
import { once } from "node:events"
import type { ServerResponse } from "node:http"
import { connect } from "node:net"
import { gzipSync } from "node:zlib"
import { open, raw, serveProxy } from "./support/proxied.ts"
import { rawNuapay } from "./support/rawNuapay.ts"
import { expresses, makeWorld } from "./support/world.ts"

const world = makeWorld()

describe.each(expresses)("bodies through a proxy, %s", (_version, create) => {
  const serve = serveProxy(world, create)

  /** A proxy whose error is told to the test. */
  const serveTold = async (baseUrl: string, requestDeadline: number) => {
    const told = Promise.withResolvers<unknown>()
    const middleware = onBehalf(world.options({ baseUrl, requestDeadline }))
    const app = create()
    app.use("/nuapay", middleware.proxy(open))
    const hear: ErrorRequestHandler = (error, _request, response, _next) => {
      told.resolve(error)
      response.destroy()
    }
    app.use(hear)
    return { told: told.promise, ...(await world.serve(app, middleware)) }
  }

  it("a compressed body arrives as what it is", async () => {
    await using nuapay = await rawNuapay()
    const { get } = await serve(open, { baseUrl: nuapay.url })
    const sent = gzipSync('{"amount":1}')
    const headers = { "content-type": "application/json", "content-encoding": "gzip" }
    await get("/nuapay/tpp/payments", "m1", { method: "POST", headers, body: sent })
    assert.strictEqual(nuapay.arrived[0]?.headers["content-encoding"], "gzip")
    assert.isTrue(nuapay.arrived[0]?.body.equals(sent))
  })

  it("a body streams through both ways, byte for byte", async () => {
    const sent = Buffer.alloc(3 * 1024 * 1024, "0123456789abcdef")
    await using nuapay = await rawNuapay(({ body }, response) => response.end(body))
    const { get } = await serve(open, { baseUrl: nuapay.url })
    const { text: back } = await get("/nuapay/tpp/payments", "m1", {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: sent
    })
    assert.isTrue(Buffer.from(back).equals(sent))
    assert.strictEqual(nuapay.arrived[0]?.headers["content-type"], "application/octet-stream")
  })

  it("T18: a body that is too long is refused, told or not, and nothing of it is used", async () => {
    await using nuapay = await rawNuapay()
    const { get, url } = await serve({ ...open, maximumBodyBytes: 1_000 }, { baseUrl: nuapay.url })
    const told = await get("/nuapay/tpp/payments", "m1", {
      method: "POST",
      body: "x".repeat(1_001)
    })
    assert.deepStrictEqual([told.status, told.json.code], [413, "body_too_large"])
    const chunked = await raw(
      url,
      "/nuapay/tpp/payments",
      { "transfer-encoding": "chunked" },
      "POST",
      "x".repeat(100_000)
    )
    assert.strictEqual(chunked.status, 413, chunked.text)
    assert.deepStrictEqual(nuapay.arrived, [])
    const fits = await get("/nuapay/tpp/payments", "m1", {
      method: "POST",
      body: "x".repeat(1_000)
    })
    assert.strictEqual(fits.status, 200)
  })

  it("T18: who says that it will be too long is refused before any of it comes, and the connection ends", async () => {
    const { url } = await serve({ ...open, maximumBodyBytes: 1_000 })
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
    let answer = ""
    socket.setEncoding("latin1").on("data", (bytes) => (answer += bytes))
    socket.write(
      "POST /nuapay/mandates HTTP/1.1\r\nHost: a\r\nX-Merchant: m1\r\nContent-Length: 1001\r\n\r\n"
    )
    await once(socket, "end")
    socket.destroy()
    assert.match(answer, /^HTTP\/1\.1 413 /)
    assert.match(answer, /^connection: close\r$/im)
  })

  it("what comes as the body of a GET stays here", async () => {
    await using nuapay = await rawNuapay()
    const { url } = await serve(open, { baseUrl: nuapay.url })
    assert.strictEqual(
      (await raw(url, "/nuapay/mandates", { "content-length": "2" }, "GET", "{}")).status,
      200
    )
    assert.strictEqual(nuapay.arrived[0]?.body.length, 0)
  })

  it("T18: an answer that is too long is cut off, so that it is not taken for a whole one", async () => {
    const begun = Promise.withResolvers<ServerResponse>()
    await using nuapay = await rawNuapay((_arrived, response) => {
      response.write("x")
      begun.resolve(response)
    })
    const { url } = await serve({ ...open, maximumBodyBytes: 1_000 }, { baseUrl: nuapay.url })
    const headers = { "x-merchant": "m1" }
    const reader = (await fetch(`${url}/nuapay/mandates`, { headers })).body?.getReader()
    await reader?.read()
    const response = await begun.promise
    response.end("x".repeat(100_000))
    assert.instanceOf(await reader?.read().catch((error: Error) => error), Error)
  })

  it.each([
    ["breaks off", (response: ServerResponse) => response.socket?.resetAndDestroy()],
    ["is not what it says", (response: ServerResponse) => response.end("no gzip")],
    ["is too long", (response: ServerResponse) => response.end("x".repeat(100_000))]
  ])("an answer %s before anything of it went on: 502, and nothing of it", async (how, end) => {
    await using nuapay = await rawNuapay((_arrived, response) => {
      if (how === "is not what it says") response.setHeader("content-encoding", "gzip")
      response.writeHead(200, { "content-disposition": "attachment", etag: '"1"' })
      response.flushHeaders()
      // Node hands the head to whoever waits for it before it reads on.
      setTimeout(() => end(response), 20)
    })
    const { get } = await serve({ ...open, maximumBodyBytes: 1_000 }, { baseUrl: nuapay.url })
    const { headers, json, status } = await get("/nuapay/mandates", "m1")
    assert.deepStrictEqual([status, json?.code], [502, "upstream_failed"])
    assert.isNull(headers.get("content-disposition"))
  })

  it("the deadline bounds the whole of it", async () => {
    await using nuapay = await rawNuapay((_arrived, response) => void response.write("half"))
    const { url } = await serve(open, { baseUrl: nuapay.url, requestDeadline: 300 })
    assert.instanceOf(await raw(url, "/nuapay/mandates").catch((error: Error) => error), Error)
  })

  it("the deadline ends an answer that its client does not read", async () => {
    await using nuapay = await rawNuapay((_arrived, response) => {
      response.end(Buffer.alloc(9 * 1024 * 1024))
    })
    const { told, url } = await serveTold(nuapay.url, 1_000)
    const socket = connect(Number(new URL(url).port), "127.0.0.1").pause()
    socket.on("error", () => undefined)
    socket.write("GET /nuapay/mandates HTTP/1.1\r\nHost: a\r\nX-Merchant: m1\r\n\r\n")
    assert.propertyVal(await told, "code", "deadline_exceeded")
    socket.destroy()
  })

  it("a client that goes away ends the call, in the middle of the answer", async () => {
    const gone = Promise.withResolvers<string>()
    await using nuapay = await rawNuapay((_arrived, response) => {
      response.once("close", () => gone.resolve("closed"))
      response.write("half")
    })
    const { url } = await serve(open, { baseUrl: nuapay.url })
    const client = new AbortController()
    const answer = await fetch(`${url}/nuapay/mandates`, {
      headers: { "x-merchant": "m1" },
      signal: client.signal
    })
    await answer.body?.getReader().read()
    client.abort()
    assert.strictEqual(await gone.promise, "closed")
  })

  it.each([
    ["the client goes away", "client_gone", 20_000],
    ["the deadline passes", "deadline_exceeded", 300],
    ["Nuapay breaks off", "upstream_failed", 20_000]
  ] as const)("in the middle of an answer %s: that is what errors tell", async (_why, code, ms) => {
    const half = Promise.withResolvers<ServerResponse>()
    await using nuapay = await rawNuapay((_arrived, response) => {
      response.write("half")
      half.resolve(response)
    })
    const { told, url } = await serveTold(nuapay.url, ms)
    const client = new AbortController()
    const headers = { "x-merchant": "m1" }
    const answer = await fetch(`${url}/nuapay/mandates`, { headers, signal: client.signal })
    await answer.body?.getReader().read()
    if (code === "client_gone") client.abort()
    if (code === "upstream_failed") (await half.promise).socket?.resetAndDestroy()
    assert.propertyVal(await told, "code", code)
  })

  it.each([
    ["the merchant is not known", { kind: "status", status: 404 }, "404"],
    ["Nuapay asks to wait", { kind: "status", status: 429, retryAfter: 120 }, "429"],
    ["Nuapay hangs", { kind: "hang" }, "504"]
  ] as const)("%s: the rest of a long body keeps no connection", async (_why, fault, status) => {
    const { url } = await serve(open, { requestDeadline: 500 })
    world.simulator.addFault({ ...fault, match: { operation: "requestTokenForOrganisation" } })
    assert.deepStrictEqual(await onOneConnection(url, world.merchant()), [status, "404"])
  })

  it("Nuapay answers before it has read a long body: its answer is handed on, and the rest keeps no connection", async () => {
    await using nuapay = await rawNuapay(
      (_arrived, response) => response.writeHead(422).end("{}"),
      "at once"
    )
    const { url } = await serve(open, { baseUrl: nuapay.url })
    assert.deepStrictEqual(await onOneConnection(url, "m1"), ["422", "404"])
  })

  it("after something that reads bodies it says so, instead of sending an empty one", async () => {
    const nuapay = onBehalf(world.options())
    const app = create()
    app.set("env", "test")
    app.use(create.json())
    app.use("/nuapay", nuapay.proxy(open))
    app.use(errorHandler)
    const { get } = await world.serve(app, nuapay)
    const { json, status } = await get("/nuapay/tpp/payments", world.merchant(), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"amount":1}'
    })
    assert.deepStrictEqual([status, json.code], [500, "misused"])
    assert.strictEqual((await get("/nuapay/mandates", world.merchant())).status, 200)
  })
})

/** A long body, and another request behind it on the same connection: the status of each answer. */
const onOneConnection = async (url: string, merchant: string): Promise<ReadonlyArray<string>> => {
  const socket = connect(Number(new URL(url).port), "127.0.0.1")
  let answers = ""
  socket.setEncoding("latin1").on("data", (bytes) => (answers += bytes))
  socket.on("error", () => undefined)
  const body = "x".repeat(4 * 1024 * 1024)
  const head = `Host: app.example\r\nX-Merchant: ${merchant}\r\n`
  socket.write(
    `POST /nuapay/mandates HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`
  )
  socket.write(`GET /nothing HTTP/1.1\r\n${head}Connection: close\r\n\r\n`)
  await once(socket, "close")
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = ""]) => status)
}
