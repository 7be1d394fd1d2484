import { assert, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { request as httpRequest, type IncomingMessage } from "node:http"
import { createConnection } from "node:net"
import { ListenError, startSimulator, type RunningSimulator } from "../src/index.ts"
import { basic, bearer } from "./support.ts"

const json = { "content-type": "application/json" }

const post = (url: string, auth: string, body: unknown, fetch = globalThis.fetch) =>
  fetch(url, {
    method: "POST",
    headers: { ...json, authorization: auth },
    body: JSON.stringify(body)
  })

const list = (simulator: RunningSimulator, key = simulator.apiKey) =>
  fetch(`${simulator.url}/organisations?pagesize=1`, { headers: { authorization: basic(key) } })

const tokenUrl = (simulator: RunningSimulator) =>
  `${simulator.url}/organisations/${simulator.merchants[0]?.id}/tokens`

const mint = async (simulator: RunningSimulator, fetch = globalThis.fetch) => {
  const body = { scopes: ["admin"], expiresIn: 60 }
  const answer = await post(tokenUrl(simulator), basic(simulator.apiKey), body, fetch)
  assert.strictEqual(answer.status, 201)
  const { data } = (await answer.json()) as { data: { accessToken: string; id: string } }
  return data
}

const useToken = (simulator: RunningSimulator, token: string, fetch = globalThis.fetch) =>
  fetch(`${simulator.url}/mandates`, { headers: { authorization: bearer(token) } })

const codeOf = (error: unknown) => {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && "code" in cause ? cause.code : undefined
}

describe("the server", () => {
  it("serves on a free port of 127.0.0.1, long tokens included", async () => {
    await using simulator = await startSimulator()
    assert.match(simulator.url, /^http:\/\/127\.0\.0\.1:\d+$/)
    assert.strictEqual(simulator.controlUrl, `${simulator.url}/_simulator`)
    const { accessToken } = await mint(simulator)
    const used = await useToken(simulator, accessToken)
    assert.strictEqual(used.status, 200)
    assert.strictEqual(used.headers.get("content-type"), "application/json")
    assert.isFalse(Number.isNaN(Date.parse(used.headers.get("date") ?? "")))
  })

  it("names the port that is in use", async () => {
    await using simulator = await startSimulator()
    const port = Number(new URL(simulator.url).port)
    const error: unknown = await startSimulator({ port }).catch((cause: unknown) => cause)
    assert.instanceOf(error, ListenError)
    assert.deepInclude(error, { port, host: "127.0.0.1", code: "EADDRINUSE" })
    assert.include(
      error instanceof Error ? error.message : "",
      `Port ${port} on 127.0.0.1 is in use`
    )
  })

  it("closes at once though a request hangs, and may be closed twice", async () => {
    const simulator = await startSimulator()
    simulator.addFault({ kind: "hang" })
    const hanging = list(simulator).then(
      () => "answered",
      () => "failed"
    )
    while (simulator.requests.length === 0) await new Promise((go) => setImmediate(go))
    await simulator.close()
    await simulator.close()
    assert.strictEqual(await hanging, "failed")
    const refused: unknown = await list(simulator).catch((error: unknown) => error)
    assert.strictEqual(codeOf(refused), "ECONNREFUSED")
  })

  it("resets the socket before or after the operation, and breaks off an answer", async () => {
    await using simulator = await startSimulator()
    for (const when of ["before", "after"] as const) {
      simulator.addFault({ kind: "reset", when, times: 1 })
      const error: unknown = await list(simulator).catch((cause: unknown) => cause)
      assert.strictEqual(codeOf(error), "ECONNRESET", when)
    }
    simulator.addFault({ kind: "reset", when: "during", times: 1 })
    const answer = await list(simulator)
    assert.strictEqual(answer.status, 200)
    const broken: unknown = await answer.text().catch((cause: unknown) => cause)
    assert.instanceOf(broken, TypeError)
    assert.strictEqual((await list(simulator)).status, 200)
  })

  it("refuses a body that is too long even if nobody says how long it is", async () => {
    await using simulator = await startSimulator({ maximumBodyBytes: 1_000 })
    const request = httpRequest(tokenUrl(simulator), {
      method: "POST",
      headers: { ...json, authorization: basic(simulator.apiKey), "transfer-encoding": "chunked" }
    })
    request.on("error", () => {})
    request.end(JSON.stringify({ scopes: ["a".repeat(2_000)] }))
    const [response] = (await once(request, "response")) as [IncomingMessage]
    response.resume()
    assert.strictEqual(response.statusCode, 413)
  })

  it("does not take a path with dots for another operation", async () => {
    await using simulator = await startSimulator()
    const { hostname, port } = new URL(simulator.url)
    const socket = createConnection(Number(port), hostname)
    socket.write(
      `POST /organisations/../tokens/revoke HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
        `Authorization: ${basic(simulator.apiKey)}\r\nContent-Length: 0\r\n\r\n`
    )
    const [head] = (await once(socket, "data")) as [Buffer]
    assert.match(head.toString("utf8"), /^HTTP\/1\.1 404 /)
    socket.destroy()
    assert.strictEqual(simulator.requests[0]?.organisation, "..")
  })

  it("knows the caller's address", async () => {
    await using simulator = await startSimulator({ allowedAddresses: ["127.0.0.1"] })
    assert.strictEqual((await list(simulator)).status, 200)
    await using closed = await startSimulator({ allowedAddresses: ["192.0.2.1"] })
    assert.strictEqual((await list(closed)).status, 403)
  })

  it("takes its time from the clock option", async () => {
    let now = 1_700_000_000_000
    await using simulator = await startSimulator({ clock: () => now })
    const { accessToken } = await mint(simulator)
    const before = await useToken(simulator, accessToken)
    assert.strictEqual(before.headers.get("date"), new Date(now).toUTCString())
    assert.strictEqual(before.status, 200)
    now += 60_000
    assert.strictEqual((await useToken(simulator, accessToken)).status, 401)
  })
})

describe("the controls in process", () => {
  it("replace the API key: the old one is dead at once, and reset brings it back", async () => {
    await using simulator = await startSimulator({ apiKey: "first" })
    simulator.replaceApiKey("second")
    assert.strictEqual(simulator.apiKey, "second")
    assert.strictEqual((await list(simulator, "first")).status, 401)
    assert.strictEqual((await list(simulator, "second")).status, 200)
    simulator.reset()
    assert.strictEqual(simulator.apiKey, "first")
    assert.strictEqual((await list(simulator, "second")).status, 401)
  })

  it("move the clock forward, count, log and forget", async () => {
    await using simulator = await startSimulator()
    const { accessToken } = await mint(simulator)
    simulator.advanceClock(59_000)
    assert.strictEqual((await useToken(simulator, accessToken)).status, 200)
    simulator.advanceClock(1_000)
    assert.strictEqual((await useToken(simulator, accessToken)).status, 401)
    assert.deepEqual(simulator.counters, { requestTokenForOrganisation: 1, listMandates: 2 })
    assert.deepEqual(
      simulator.requests.map(({ status }) => status),
      [201, 200, 401]
    )
    simulator.addFault({ kind: "status", status: 500 })
    simulator.reset()
    assert.deepEqual([simulator.counters, simulator.requests, simulator.faults], [{}, [], []])
    assert.strictEqual((await list(simulator)).status, 200)
  })

  it("know every organisation's API key", async () => {
    await using simulator = await startSimulator()
    const merchant = simulator.merchants[1]?.id ?? ""
    const own = await post(`${simulator.url}/tokens`, basic(simulator.apiKeys.of(merchant) ?? ""), {
      scopes: ["a"]
    })
    const { data } = (await own.json()) as { data: { requestedOrganisation: string } }
    assert.strictEqual(data.requestedOrganisation, merchant)
    assert.strictEqual(simulator.apiKeys.of(simulator.partner.id), simulator.apiKey)
    assert.isUndefined(simulator.apiKeys.of("nosuchorg0"))
  })
})

describe("fetch without a socket", () => {
  it("is answered by the same routes and the same state", async () => {
    await using simulator = await startSimulator()
    const { accessToken } = await mint(simulator, simulator.fetch)
    assert.strictEqual((await useToken(simulator, accessToken)).status, 200)
    const head = await simulator.fetch(`${simulator.url}/organisations`, {
      method: "HEAD",
      headers: { authorization: basic(simulator.apiKey) }
    })
    assert.strictEqual(head.status, 200)
    assert.strictEqual(await head.text(), "")
    const control = await simulator.fetch(`${simulator.controlUrl}/counters`)
    assert.deepInclude(await control.json(), { listMandates: 1, listOrganisations: 1 })
  })

  it("fails where a socket would: a reset rejects, a hang ends with its signal", async () => {
    await using simulator = await startSimulator()
    const get = (init?: RequestInit) => simulator.fetch(`${simulator.url}/organisations`, init)
    simulator.addFault({ kind: "reset", times: 1 })
    const reset: unknown = await get().catch((error: unknown) => error)
    assert.instanceOf(reset, TypeError)
    simulator.addFault({ kind: "hang", times: 1 })
    const controller = new AbortController()
    const hanging = get({ signal: controller.signal }).catch((error: unknown) => error)
    controller.abort(new DOMException("enough", "AbortError"))
    const ended = await hanging
    assert.strictEqual(ended instanceof DOMException ? ended.message : "", "enough")
  })
})
