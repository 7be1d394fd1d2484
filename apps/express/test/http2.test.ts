import { assert, describe, it } from "@effect/vitest"
import { errorHandler, onBehalf, type OnBehalfOptions } from "@onbehalf/express"
import type { RequestHandler } from "express"
import { once } from "node:events"
import {
  connect,
  constants,
  createServer,
  Http2ServerRequest,
  Http2ServerResponse,
  type OutgoingHttpHeaders
} from "node:http2"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { open } from "./support/proxied.ts"
import { expresses, makeWorld } from "./support/world.ts"

const world = makeWorld()

describe.each(expresses)("HTTP/2 over Node's own, %s", (_version, create) => {
  // What the bridges do that bring Express to HTTP/2: its requests and answers are then Node's for that.
  Object.setPrototypeOf(create.request, Http2ServerRequest.prototype)
  Object.setPrototypeOf(create.response, Http2ServerResponse.prototype)

  const serve = async (handler: RequestHandler, options: Partial<OnBehalfOptions> = {}) => {
    const nuapay = onBehalf(world.options(options))
    const app = create()
    app.set("env", "test")
    app.use("/nuapay", nuapay.proxy(open))
    app.use(nuapay)
    app.get("/", handler)
    app.use(errorHandler)
    const server = createServer(app as unknown as Parameters<typeof createServer>[1])
    await once(server.listen(0, "127.0.0.1"), "listening")
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    return {
      ask: (headers: OutgoingHttpHeaders, body?: string) => {
        const given = { "x-merchant": world.merchant(), ...headers }
        const stream = session.request(given, { endStream: body === undefined })
        if (body !== undefined) stream.end(body)
        return stream
      },
      nuapay,
      [Symbol.asyncDispose]: async () => {
        session.destroy()
        server.close()
        await nuapay.close()
      }
    }
  }

  it("the proxy hands on a body whose length nobody told: no header need say that there is one", async () => {
    const { fetch: recorded, sent } = recordedFetch()
    await using served = await serve((_request, response) => void response.end(), {
      fetch: recorded
    })
    const payment = { ":path": "/nuapay/tpp/payments", ":method": "POST" }
    await text(served.ask({ ...payment, "content-type": "application/json" }, '{"amount":1}'))
    assert.deepStrictEqual(sent, ['{"amount":1}'])
    await text(served.ask(payment))
    assert.deepStrictEqual(sent, ['{"amount":1}', undefined])
  })

  it("a client that goes away ends the call for it", async () => {
    const fate = Promise.withResolvers<unknown>()
    await using served = await serve((request) => {
      request.onBehalf.fetch("/mandates").then(fate.resolve, fate.resolve)
    })
    world.simulator.addFault({ kind: "hang", match: { operation: "listMandates" } })
    const asked = served.ask({ ":path": "/" })
    asked.on("error", () => undefined)
    while (world.simulator.counters["listMandates"] === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    asked.close(constants.NGHTTP2_CANCEL)
    assert.strictEqual(((await fate.promise) as { code?: string }).code, "client_gone")
  })

  it("what goes on after the answer has no deadline, and gives its place back", async () => {
    const later: Array<unknown> = []
    const options = { maximumWaiting: 1, requestDeadline: 200 }
    await using served = await serve((request, response) => {
      response.json({})
      response.once("close", () => {
        later.push(
          new Promise((resolve) => setTimeout(resolve, 250))
            .then(() => request.onBehalf.fetch("/mandates"))
            .then((answer) => answer.status)
        )
      })
    }, options)
    for (let turn = 0; turn < 2; turn++) {
      await text(served.ask({ ":path": "/" }))
      assert.strictEqual(await later[turn], 200)
    }
  })
})

/** Remembers the bodies that calls for merchants are sent with. */
const recordedFetch = () => {
  const sent: Array<string | undefined> = []
  const recorded: typeof fetch = async (input, init) => {
    if (!new Request(input).url.endsWith("/tpp/payments")) return fetch(input, init)
    const body = init?.body as ReadableStream<Uint8Array> | undefined
    sent.push(body ? await text(body) : undefined)
    return Response.json({})
  }
  return { fetch: recorded, sent }
}
