import { assert, describe, it } from "@effect/vitest"
import {
  errorHandler,
  onBehalf,
  OnBehalfError,
  type OnBehalf,
  type OnBehalfOptions
} from "@onbehalf/express"
import { once } from "node:events"
import { connect } from "node:net"
import { inspect } from "node:util"
import { hostileTexts, hostileThings } from "./support/hostileValues.ts"
import { rawNuapay } from "./support/rawNuapay.ts"
import { expresses, makeWorld } from "./support/world.ts"

const world = makeWorld()

const isId = (value: unknown): value is string =>
  typeof value === "string" && /^[A-Za-z0-9_-]{1,255}$/.test(value)

/** Wherever anything is sent. */
const watchedFetch = () => {
  const targets: Array<string> = []
  const watched: typeof fetch = (input, init) => {
    targets.push(new Request(input).url)
    return fetch(input, init)
  }
  return { targets, fetch: watched }
}

describe.each(expresses)("T6, T8, T9, T15: hostile values, %s", (_version, create) => {
  /** An app on a plain Nuapay, whose handler does what the test says at the time. */
  const serve = async (nuapayUrl: string, options: Partial<OnBehalfOptions> = {}) => {
    const work: { next: (access: OnBehalf) => Promise<unknown> } = { next: async () => undefined }
    const { fetch: watched, targets } = watchedFetch()
    const nuapay = onBehalf(world.options({ baseUrl: nuapayUrl, fetch: watched, ...options }))
    const app = create()
    app.set("env", "test")
    app.use("/nuapay", nuapay.proxy({ methods: ["GET", "POST"], paths: ["/mandates"] }))
    app.use(nuapay)
    app.get("/", (request, response, next) => {
      work
        .next(request.onBehalf)
        .then((body) => response.json(body ?? null))
        .catch(next)
    })
    app.use(errorHandler)
    return { targets, work, ...(await world.serve(app, nuapay)) }
  }

  it("a resolver that gives them: 400 or that very merchant, and the path is its template", async () => {
    await using nuapay = await rawNuapay()
    const current: { value: unknown } = { value: undefined }
    const { get, targets, work } = await serve(nuapay.url, {
      organisation: () => current.value as string
    })
    work.next = (access) => access.token().then(({ organisation }) => organisation)
    for (const value of [...hostileTexts(1, 200), ...hostileThings]) {
      current.value = value
      const { json, status } = await get("/")
      if (isId(value)) assert.deepStrictEqual([status, json], [200, value])
      else assert.deepStrictEqual([status, json.code], [400, "invalid_merchant"], inspect(value))
    }
    assert.isAbove(targets.length, 5)
    for (const target of targets) {
      assert.match(target, /^http:\/\/127\.0\.0\.1:\d+\/organisations\/[\w-]{1,255}\/tokens$/)
      assert.strictEqual(new URL(target).origin, nuapay.url)
    }
  })

  it("a path of them: refused, or on Nuapay's origin", async () => {
    await using nuapay = await rawNuapay()
    const { get, targets, work } = await serve(nuapay.url)
    const paths = hostileTexts(2, 200).flatMap((text) => [text, `/${text}`, `/mandates${text}`])
    let sent = 0
    for (const path of [...paths, ...hostileThings]) {
      work.next = async (access) => {
        const answer = await access.fetch(path as string)
        return answer.status
      }
      const { json, status } = await get("/", "merchant-1")
      if (status === 200) sent++
      else assert.deepStrictEqual([status, json.code], [400, "invalid_request"], inspect(path))
    }
    assert.isAbove(sent, 50)
    for (const target of targets) assert.strictEqual(new URL(target).origin, nuapay.url, target)
    for (const { headers, target } of nuapay.arrived) {
      assert.match(target, /^\/(?!\/)/)
      assert.strictEqual(headers["x-injected"], undefined)
    }
  })

  it("headers, methods and bodies of them: refused, or sent as one header each", async () => {
    await using nuapay = await rawNuapay()
    const { get, work } = await serve(nuapay.url)
    const outcomes = new Set<string>()
    for (const value of [
      ...hostileTexts(3, 100).filter(({ length }) => length < 5_000),
      ...hostileThings
    ]) {
      for (const init of [
        { headers: { "x-value": value } },
        { headers: { [typeof value === "string" ? value : "x-name"]: "x" } },
        { headers: value },
        { method: value },
        { headers: { authorization: value, host: "evil.example", cookie: "x" } }
      ]) {
        work.next = async (access) => {
          try {
            await access.fetch("/mandates", init as RequestInit)
            return "sent"
          } catch (error) {
            return error instanceof OnBehalfError
              ? error.code
              : inspect([error, init]).slice(0, 600)
          }
        }
        const { json, status } = await get("/", "merchant-1")
        assert.strictEqual(status, 200)
        outcomes.add(json)
      }
    }
    for (const { headers } of nuapay.arrived) {
      assert.strictEqual(headers.authorization, "Bearer text-merchant-1-1")
      assert.strictEqual(headers["x-injected"], undefined)
    }
    assert.sameMembers([...outcomes], ["sent", "invalid_request"])
  })

  it("a proxy that is sent them byte for byte: only what is allowed arrives, and it stays up", async () => {
    await using nuapay = await rawNuapay()
    const { get, server, targets, url } = await serve(nuapay.url)
    const port = Number(new URL(url).port)
    const outcomes = { path: new Set<string>(), header: new Set<string>() }
    for (const text of hostileTexts(4, 150)) {
      const path = text.slice(0, 2_000)
      outcomes.path.add(await send(port, `GET /nuapay/mandates${path} HTTP/1.1`))
      outcomes.path.add(await send(port, `GET ${path} HTTP/1.1`))
      outcomes.header.add(await send(port, `POST /nuapay/mandates HTTP/1.1\r\nX-Value: ${path}`))
      outcomes.header.add(
        await send(port, `GET /nuapay/mandates HTTP/1.1\r\nIdempotency-Key: ${path}`)
      )
    }
    // Refused by Node, by Express or by the proxy's own rules: none of them is left to what stands behind the proxy.
    assert.sameMembers([...outcomes.path], ["200", "400", "404", "404 path_not_allowed"])
    assert.sameMembers([...outcomes.header], ["200", "400"])
    assert.isTrue(server.listening)
    for (const target of targets) {
      assert.strictEqual(new URL(target).origin, nuapay.url)
      assert.match(
        new URL(target).pathname,
        /^\/(?:mandates(?:\/|$)|organisations\/merchant-1\/tokens$)/
      )
    }
    assert.strictEqual((await get("/nuapay/mandates", "merchant-1")).status, 200)
    assert.isAbove(nuapay.arrived.length, 50)
    for (const { headers, target } of nuapay.arrived) {
      assert.match(target, /^\/mandates(?:\/[\w~-][\w.~-]*)*(?:\?[\w.~!$&'()*+,;=:@/?%-]*)?$/)
      assert.strictEqual(headers.authorization, "Bearer text-merchant-1-1")
      assert.strictEqual(headers["x-injected"], undefined)
      assert.strictEqual(headers.host, new URL(nuapay.url).host)
    }
  })
})

/** A request as bytes; the status and the code that answer it. */
const send = async (port: number, head: string): Promise<string> => {
  const socket = connect(port, "127.0.0.1")
  socket.on("error", () => undefined)
  socket.write(
    `${head}\r\nHost: app.example\r\nX-Merchant: merchant-1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
  )
  let answer = ""
  socket.setEncoding("latin1").on("data", (text) => (answer += text))
  await once(socket, "close")
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? []
  const [, code] = /"code":"(\w+)"/.exec(answer) ?? []
  return code === undefined ? `${status}` : `${status} ${code}`
}
