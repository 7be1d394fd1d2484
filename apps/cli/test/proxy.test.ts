import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { readFile } from "node:fs/promises"
import { createServer as createProxy, type Server as Proxy } from "node:http"
import { createServer, type Server } from "node:https"
import { type AddressInfo, connect } from "node:net"
import { fileURLToPath } from "node:url"
import { proxy as finding } from "../src/doctor/proxy.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

const made = (name: string): string =>
  fileURLToPath(new URL(`../../../tests/faults/certificates/${name}`, import.meta.url))

const portOf = (server: Server | Proxy): number => (server.address() as AddressInfo).port

/** A name that nobody knows but the proxy. */
const name = "elsewhere.example"

let nuapay: Server
let proxy: Proxy
const connected: Array<string> = []

beforeAll(async () => {
  const [key, cert] = await Promise.all(
    ["elsewhere.key", "elsewhere.pem"].map((file) => readFile(made(file)))
  )
  nuapay = createServer({ key, cert }, (_, answer) =>
    answer
      .setHeader("content-type", "application/json")
      .end('{"data":[],"page":{"pageNumber":1,"pageSize":1,"totalElements":7,"totalPages":7}}')
  )
  proxy = createProxy()
  proxy.on("connect", (request, socket) => {
    connected.push(request.url ?? "")
    const onward = connect(portOf(nuapay), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
      onward.pipe(socket)
      socket.pipe(onward)
    })
    for (const end of [socket, onward]) end.on("error", () => socket.destroy())
  })
  for (const server of [nuapay, proxy]) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  }
})

beforeEach(() => {
  connected.length = 0
})

afterAll(() => {
  nuapay.close()
  proxy.close()
})

interface Finding {
  readonly check: string
  readonly status: string
  readonly detail: string
}

const doctor = async (env: Readonly<Record<string, string>>) => {
  const ended = await world.run(["doctor", "--json"], {
    env: {
      NUAPAY_BASE_URL: `https://${name}`,
      NUAPAY_TRUSTED_HOST: name,
      NODE_EXTRA_CA_CERTS: made("authority.pem"),
      HTTPS_PROXY: `http://user:5ecret@127.0.0.1:${portOf(proxy)}`,
      ...env
    }
  })
  assert.notInclude(ended.stdout, "5ecret")
  const found = JSON.parse(ended.stdout) as ReadonlyArray<Finding>
  return { code: ended.code, of: (check: string) => found.find((each) => each.check === check) }
}

describe("doctor, where a proxy is named", () => {
  it("finds nothing wrong behind it, though the name is not known here", async () => {
    const found = await doctor({ NODE_USE_ENV_PROXY: "1" })
    assert.match(found.of("proxy")?.detail ?? "", /^127\.0\.0\.1:\d+, from HTTPS_PROXY/)
    assert.match(found.of("dns")?.detail ?? "", /no address here .* left to the proxy/)
    for (const check of ["proxy", "dns", "tls", "clock", "account"]) {
      assert.strictEqual(found.of(check)?.status, "ok", `${check}: ${found.of(check)?.detail}`)
    }
    assert.strictEqual(found.code, 0)
    assert.deepStrictEqual([...new Set(connected)], [`${name}:443`])
  })

  it("says that Node does not use it, and how it would", async () => {
    const found = await doctor({})
    assert.strictEqual(found.of("proxy")?.status, "warning")
    assert.match(found.of("proxy")?.detail ?? "", /set NODE_USE_ENV_PROXY=1/)
    assert.strictEqual(found.of("dns")?.status, "failure")
    assert.deepStrictEqual(connected, [])
  })

  it("knows what else can be wrong with it", () => {
    const named = (address: string) => ({
      variable: "HTTPS_PROXY",
      address: Redacted.make(address),
      inUse: true
    })
    assert.strictEqual(finding(undefined, true).status, "ok")
    assert.strictEqual(finding(named("proxy.example"), false).status, "failure")
    assert.match(finding(named("http://proxy.example:1"), true).detail, /not used: .*certificate/)
  })
})
