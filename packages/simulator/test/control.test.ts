import { assert, describe, it } from "@effect/vitest"
import { startSimulator, type RunningSimulator } from "../src/index.ts"
import { basic, bearer } from "./support.ts"

const control = (simulator: RunningSimulator, method: string, path: string, body?: unknown) =>
  fetch(`${simulator.controlUrl}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
  })

const list = (simulator: RunningSimulator) =>
  fetch(`${simulator.url}/organisations`, {
    headers: { authorization: basic(simulator.apiKey) }
  })

describe("the control surface over HTTP", () => {
  it("adds, lists and removes faults", async () => {
    await using simulator = await startSimulator()
    const fault = { kind: "status", status: 503, times: 2, match: { method: "GET" } }
    const added = await control(simulator, "POST", "/faults", fault)
    assert.strictEqual(added.status, 201)
    const { id } = (await added.json()) as { id: string }
    assert.strictEqual((await list(simulator)).status, 503)
    const active: unknown = await (await control(simulator, "GET", "/faults")).json()
    assert.deepEqual(active, [{ id, fault, used: 1, seen: 1 }])
    assert.strictEqual((await control(simulator, "DELETE", `/faults/${id}`)).status, 204)
    assert.strictEqual((await control(simulator, "DELETE", `/faults/${id}`)).status, 404)
    assert.strictEqual((await list(simulator)).status, 200)
    await control(simulator, "POST", "/faults", fault)
    assert.strictEqual((await control(simulator, "DELETE", "/faults")).status, 204)
    assert.deepEqual(simulator.faults, [])
  })

  it("shows the log, the counters, the merchants and the state", async () => {
    await using simulator = await startSimulator({ merchants: 12 })
    await list(simulator)
    await fetch(`${simulator.url}/mandates`)
    const read = async (path: string): Promise<unknown> =>
      (await control(simulator, "GET", path)).json()
    assert.deepEqual(await read("/counters"), { listOrganisations: 1, listMandates: 1 })
    const requests = (await read("/requests?operation=listMandates")) as ReadonlyArray<unknown>
    assert.strictEqual(requests.length, 1)
    assert.hasAllKeys(requests[0], [
      "number",
      "method",
      "path",
      "operation",
      "status",
      "faults",
      "time"
    ])
    assert.deepInclude(requests[0], { path: "/mandates", status: 401, faults: [] })
    assert.deepEqual(await read("/merchants"), simulator.merchants)
    assert.deepInclude(await read(""), {
      seed: "onbehalf",
      partner: simulator.partner,
      faults: 0,
      requests: 2,
      liveTokens: 0
    })
    assert.strictEqual((await control(simulator, "DELETE", "/requests")).status, 204)
    assert.deepEqual(simulator.requests, [])
  })

  it("replaces the API key, moves the clock and resets", async () => {
    await using simulator = await startSimulator()
    const merchant = simulator.merchants[0]?.id
    const answer = await fetch(`${simulator.url}/organisations/${merchant}/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: basic(simulator.apiKey) },
      body: JSON.stringify({ scopes: ["admin"] })
    })
    const { data } = (await answer.json()) as { data: { accessToken: string } }
    const use = () =>
      fetch(`${simulator.url}/mandates`, { headers: { authorization: bearer(data.accessToken) } })
    assert.strictEqual((await use()).status, 200)
    await control(simulator, "POST", "/clock", { advanceMs: 10_000 })
    assert.strictEqual((await use()).status, 401)
    const replaced = await control(simulator, "PUT", "/api-key", { apiKey: "new-key" })
    assert.strictEqual(replaced.status, 204)
    assert.strictEqual(simulator.apiKey, "new-key")
    assert.strictEqual((await control(simulator, "POST", "/reset")).status, 204)
    assert.notStrictEqual(simulator.apiKey, "new-key")
  })

  it("is not logged, not counted and not met by faults, and refuses nonsense with 422", async () => {
    await using simulator = await startSimulator()
    simulator.addFault({ kind: "status", status: 503 })
    const statusOf = async (method: string, path: string, body?: unknown) =>
      (await control(simulator, method, path, body)).status
    assert.strictEqual(await statusOf("GET", "/counters"), 200)
    assert.strictEqual(await statusOf("POST", "/faults", { kind: "nonsense" }), 422)
    assert.strictEqual(await statusOf("POST", "/faults", { kind: "latency", ms: -1 }), 422)
    assert.strictEqual(await statusOf("POST", "/faults", { kind: "hang", tmies: 1 }), 422)
    assert.strictEqual(await statusOf("POST", "/faults", { kind: "hang", times: null }), 422)
    assert.strictEqual(await statusOf("PUT", "/api-key", { apiKey: "with:colon" }), 422)
    assert.strictEqual(await statusOf("POST", "/clock", { advanceMs: -1 }), 422)
    assert.strictEqual(await statusOf("GET", "/nowhere"), 404)
    assert.deepEqual(simulator.requests, [])
  })

  it("the methods refuse what it refuses, and change nothing", async () => {
    await using simulator = await startSimulator()
    for (const wrong of ["", "with:colon", "clé"]) {
      assert.throws(() => simulator.replaceApiKey(wrong))
    }
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
      assert.throws(() => simulator.advanceClock(wrong))
    }
    assert.strictEqual((await list(simulator)).status, 200)
    assert.strictEqual(
      (await control(simulator, "POST", "/clock", { advanceMs: 1e300 })).status,
      422
    )
    assert.strictEqual((await control(simulator, "GET", "/")).status, 200)
  })

  it("can have a port of its own, and is then not on the services' port", async () => {
    await using simulator = await startSimulator({ controlPort: 0 })
    assert.notStrictEqual(new URL(simulator.controlUrl).port, new URL(simulator.url).port)
    assert.strictEqual((await control(simulator, "GET", "/counters")).status, 200)
    assert.strictEqual((await fetch(`${simulator.url}/_simulator/counters`)).status, 404)
    const other = new URL("/organisations", simulator.controlUrl)
    assert.strictEqual((await fetch(other)).status, 404)
  })
})
