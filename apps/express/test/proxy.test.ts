import { assert, describe, it } from "@effect/vitest"
import { errorHandler, onBehalf } from "@onbehalf/express"
import { type Arrived, rawNuapay } from "./support/rawNuapay.ts"
import { open, raw, serveProxy } from "./support/proxied.ts"
import { expresses, makeWorld } from "./support/world.ts"

const world = makeWorld()

describe.each(expresses)("proxy, %s", (_version, create) => {
  const serve = serveProxy(world, create)

  it("passes a call on with the merchant's token, query and all", async () => {
    const { get } = await serve(open)
    for (const merchant of [world.merchant(0), world.merchant(1)]) {
      const { json, status } = await get("/nuapay/mandates?pagesize=2", merchant)
      assert.strictEqual(status, 200)
      assert.strictEqual(json.data.length, 2)
      assert.strictEqual(json.data[0].organisationId, merchant)
    }
  })

  it("a payment with an Idempotency-Key is made once", async () => {
    const { get } = await serve(open, { scopes: ["openbanking_pisp"] })
    const pay = () =>
      get("/nuapay/tpp/payments", world.merchant(), {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": "one" },
        body: JSON.stringify({ amount: 9.99, merchantReference: "ünï" })
      })
    const [first, again] = [await pay(), await pay()]
    assert.strictEqual(first.status, 201, first.text)
    assert.strictEqual(first.json.data.merchantReference, "ünï")
    assert.strictEqual(first.json.data.id, again.json.data.id)
  })

  it("Nuapay's own refusals are handed on; nobody is let in without a merchant", async () => {
    const { get } = await serve(open, { scopes: ["openbanking_pisp"] })
    const refused = await get("/nuapay/tpp/payments/unknown", world.merchant())
    assert.strictEqual(refused.status, 404)
    assert.isDefined(refused.json.returnCode)
    assert.strictEqual((await get("/nuapay/tpp/payments")).json.code, "no_merchant")
  })

  it("a 401 of Nuapay is not the client's: 502, and the next call has a fresh token", async () => {
    const { get } = await serve({ ...open, methods: ["POST"] }, { scopes: ["openbanking_pisp"] })
    const pay = () =>
      get("/nuapay/tpp/payments", world.merchant(), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"amount":1}'
      })
    await pay()
    world.simulator.advanceClock(3_600_000)
    const refused = await pay()
    assert.deepStrictEqual([refused.status, refused.json.code], [502, "upstream_refused"])
    assert.strictEqual((await pay()).status, 201)
  })

  it.each([
    "/tokens",
    "/",
    "/mandatesx",
    "/organisations/m1/tokens",
    "/mandates/../tokens",
    "/mandates/./x",
    "/mandates/%2e%2e/tokens",
    "/mandates/%2E%2e%2ftokens",
    "/mandates/..%2ftokens",
    "/mandates/%252e%252e/tokens",
    "/mandates/..;/tokens",
    "/mandates;x/../tokens",
    "/mandates\\..\\tokens",
    "/mandates//x",
    "//evil.example/mandates",
    "/mandates@evil.example",
    "/@evil.example/mandates",
    "/mandates/é",
    "/mandates/%00",
    "/mandates/.hidden",
    "/MANDATES",
    "/mandates?x=\\",
    "/mandates?x=é",
    `/mandates/${"x".repeat(9_000)}`
  ])("is not let through: %s", async (path) => {
    await using nuapay = await rawNuapay()
    const { url } = await serve(open, { baseUrl: nuapay.url })
    const { status, text: body } = await raw(url, `/nuapay${encodeLatin(path)}`)
    // Some Node refuses by itself.
    assert.include([400, 404], status, body)
    assert.deepStrictEqual(nuapay.arrived, [])
  })

  it.each(["http://evil.example/mandates", "http://evil.example/nuapay/mandates"])(
    "an absolute address in the request line goes nowhere else: %s",
    async (target) => {
      await using nuapay = await rawNuapay()
      const { url } = await serve(open, { baseUrl: nuapay.url })
      await raw(url, target, { host: "evil.example" })
      for (const { headers, target: asked } of nuapay.arrived) {
        assert.strictEqual(headers.host, new URL(nuapay.url).host)
        assert.strictEqual(asked, "/mandates")
      }
    }
  )

  it("a method that is not named is refused, with those that are", async () => {
    const { get } = await serve(open)
    for (const method of ["DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"]) {
      const { headers, status } = await get("/nuapay/mandates", world.merchant(), { method })
      assert.strictEqual(status, 405, method)
      assert.strictEqual(headers.get("allow"), "GET, POST")
    }
  })

  it("T9, T16: of the request only what concerns the call goes along", async () => {
    await using nuapay = await rawNuapay()
    const { url } = await serve({ ...open, headers: ["X-Version"] }, { baseUrl: nuapay.url })
    await raw(
      url,
      "/nuapay/mandates",
      {
        authorization: "Basic canary",
        cookie: "session=canary",
        "proxy-authorization": "canary",
        connection: "keep-alive, x-hop",
        "x-hop": "canary",
        te: "trailers",
        "x-forwarded-for": "10.0.0.1",
        forwarded: "for=10.0.0.1",
        origin: "https://app.example",
        referer: "https://app.example/secret",
        "x-http-method-override": "DELETE",
        "x-original-url": "/tokens",
        accept: "application/json",
        "accept-encoding": "gzip",
        "accept-language": "de",
        "x-version": "2",
        "idempotency-key": "k1"
      },
      "POST",
      "{}"
    )
    const [{ headers }] = nuapay.arrived as [Arrived]
    assert.deepInclude(headers, {
      authorization: "Bearer text-m1-1",
      accept: "application/json",
      "accept-language": "de",
      "accept-encoding": "identity",
      "x-version": "2",
      "idempotency-key": "k1"
    })
    assert.notInclude(JSON.stringify(headers), "canary")
    for (const name of ["cookie", "x-hop", "forwarded", "origin", "referer", "x-merchant"]) {
      assert.notProperty(headers, name)
    }
    assert.isFalse(Object.keys(headers).some((name) => /^x-(f|o|http)/.test(name)))
  })

  it("what the caller says is for its own connection alone does not go along", async () => {
    await using nuapay = await rawNuapay()
    const { url } = await serve({ ...open, headers: ["x-version"] }, { baseUrl: nuapay.url })
    await raw(url, "/nuapay/mandates", {
      connection: "close, X-Version , if-match",
      "x-version": "2",
      "if-match": "1",
      "if-none-match": "2"
    })
    const [{ headers }] = nuapay.arrived as [Arrived]
    assert.notProperty(headers, "x-version")
    assert.notProperty(headers, "if-match")
    assert.propertyVal(headers, "if-none-match", "2")
  })

  it("below the middleware it acts for whom that let in, with one place and one question", async () => {
    let asked = 0
    const nuapay = onBehalf(
      world.options({
        directory: true,
        eager: true,
        maximumWaiting: 1,
        organisation: (request) => {
          asked++
          return request.get("x-merchant")
        }
      })
    )
    const app = create()
    app.set("env", "test")
    app.use(nuapay)
    app.use("/nuapay", nuapay.proxy(open))
    app.use(errorHandler)
    const { get } = await world.serve(app, nuapay)
    const { json, status } = await get("/nuapay/mandates", world.merchant())
    assert.strictEqual(status, 200)
    assert.strictEqual(json.data[0].organisationId, world.merchant())
    assert.strictEqual(asked, 1)
    assert.strictEqual((await get("/nuapay/mandates")).json.code, "no_merchant")
  })

  it("another middleware's merchant is not its own", async () => {
    const first = onBehalf(world.options())
    const second = onBehalf(world.options())
    const app = create()
    app.set("env", "test")
    app.use(first)
    app.use("/nuapay", second.proxy(open))
    app.use(errorHandler)
    const { get } = await world.serve(app, first)
    assert.strictEqual((await get("/nuapay/mandates", world.merchant())).json.code, "misused")
    await second.close()
  })

  it("takes one place for a request, and gives it back", async () => {
    const { get } = await serve(open, { maximumWaiting: 1 })
    for (let turn = 0; turn < 3; turn++) {
      assert.strictEqual((await get("/nuapay/mandates", world.merchant())).status, 200)
    }
  })

  it("sends nothing after the deadline, with a token that is held", async () => {
    let late = false
    await using nuapay = await rawNuapay()
    const { get } = await serve(open, {
      baseUrl: nuapay.url,
      requestDeadline: 1_000,
      // It holds the process up, so that no timer can have told of the deadline.
      organisation: () => {
        for (const until = performance.now() + (late ? 1_050 : 0); performance.now() < until;);
        return "m1"
      }
    })
    assert.strictEqual((await get("/nuapay/mandates")).status, 200)
    late = true
    assert.strictEqual((await get("/nuapay/mandates")).status, 504)
    assert.strictEqual(nuapay.arrived.length, 1)
  })

  it("of the answer only what describes its body comes back, and no cache keeps it", async () => {
    await using nuapay = await rawNuapay((_arrived, response) => {
      response.writeHead(200, {
        "content-type": "text/html",
        etag: '"1"',
        "cache-control": "public, max-age=3600",
        "set-cookie": "canary=1",
        "www-authenticate": "Basic",
        location: "https://evil.example/",
        "clear-site-data": "*",
        "access-control-allow-origin": "*",
        "x-rate-limit-reset": "3",
        "retry-after": "3",
        "content-disposition": "attachment",
        "content-range": "bytes 0-24/100",
        connection: "x-hop",
        "x-hop": "canary"
      })
      response.end("<script>alert(1)</script>")
    })
    const { get } = await serve(open, { baseUrl: nuapay.url })
    const { headers } = await get("/nuapay/mandates", "m1")
    const names = [...headers.keys()].filter(
      (name) =>
        !["connection", "date", "keep-alive", "transfer-encoding", "x-powered-by"].includes(name)
    )
    assert.deepStrictEqual(names.toSorted(), [
      "cache-control",
      "content-disposition",
      "content-range",
      "content-security-policy",
      "content-type",
      "etag",
      "retry-after",
      "x-content-type-options",
      "x-rate-limit-reset"
    ])
    assert.strictEqual(headers.get("cache-control"), "no-store")
    assert.strictEqual(headers.get("content-security-policy"), "default-src 'none'; sandbox")
    assert.strictEqual(headers.get("x-content-type-options"), "nosniff")
    assert.strictEqual(headers.get("connection"), "keep-alive")
  })

  it("a query goes on as browsers write it, with what RFC 3986 wants encoded", async () => {
    await using nuapay = await rawNuapay()
    const { url } = await serve(open, { baseUrl: nuapay.url })
    await raw(url, "/nuapay/mandates?filter[status]=a|b&c={d}^`&e=%5B")
    assert.strictEqual(
      nuapay.arrived[0]?.target,
      "/mandates?filter%5Bstatus%5D=a%7Cb&c=%7Bd%7D%5E%60&e=%5B"
    )
  })
})

/** Node sends each character of a path as one byte. */
const encodeLatin = (path: string): string => Buffer.from(path, "utf8").toString("latin1")
