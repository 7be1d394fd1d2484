import { assert, describe, it } from "@effect/vitest"
import { errorHandler, onBehalf } from "@onbehalf/express"
import { expresses, makeWorld } from "./support/world.ts"

const world = makeWorld()

describe.each(expresses)("the error handler, %s", (_version, create) => {
  it("what a handler had said of the body that did not come is not said of the error", async () => {
    const nuapay = onBehalf(world.options({ retryPolicy: { retries: 0 } }))
    const app = create()
    app.set("env", "test")
    app.use(nuapay)
    app.get("/mandates.csv.gz", (request, response, next) => {
      response.attachment("mandates.csv").set({
        "Content-Encoding": "gzip",
        "Content-Language": "de",
        "Content-Range": "bytes 0-1/2",
        ETag: '"mandates"',
        "Last-Modified": new Date(0).toUTCString(),
        "Content-Security-Policy": "sandbox",
        Vary: "Accept"
      })
      request.onBehalf.token().then(() => response.end(), next)
    })
    app.use(errorHandler)
    world.simulator.addFault({ kind: "status", status: 503 })
    const { get } = await world.serve(app, nuapay)
    const { headers, json } = await get("/mandates.csv.gz", world.merchant())
    assert.strictEqual(json.code, "upstream_failed")
    for (const name of ["disposition", "encoding", "language", "range"]) {
      assert.isFalse(headers.has(`content-${name}`), name)
    }
    assert.notStrictEqual(headers.get("etag"), '"mandates"')
    assert.isFalse(headers.has("last-modified"))
    assert.strictEqual(headers.get("content-security-policy"), "sandbox")
    assert.strictEqual(headers.get("vary"), "Accept")
  })

  it.each([{ "Transfer-Encoding": "chunked" }, { Trailer: "Server-Timing" }])(
    "nor how it would have come: %j, which its own length contradicts",
    async (framing) => {
      const nuapay = onBehalf(world.options({ retryPolicy: { retries: 0 } }))
      const app = create()
      app.set("env", "test")
      app.use(nuapay)
      app.get("/", (request, response, next) => {
        response.set(framing)
        request.onBehalf.token().then(() => response.end(), next)
      })
      app.use(errorHandler)
      world.simulator.addFault({ kind: "status", status: 503 })
      const { get } = await world.serve(app, nuapay)
      assert.strictEqual((await get("/", world.merchant())).json.code, "upstream_failed")
    }
  )
})
