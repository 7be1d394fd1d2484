import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises"
import { request } from "node:http"
import { createServer, type Server } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import type { TLSSocket } from "node:tls"
import { fileURLToPath } from "node:url"
import { assertFailed, assertSilent } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

const made = (name: string): string =>
  fileURLToPath(new URL(`../../../tests/faults/certificates/${name}`, import.meta.url))

/** In front of the simulator: it speaks with nobody whom the authority of the tests does not know. */
let server: Server
const seen: Array<string> = []

beforeAll(async () => {
  const [key, cert, ca] = await Promise.all(
    ["good.key", "good.pem", "authority.pem"].map((name) => readFile(made(name)))
  )
  server = createServer({ key, cert, ca, requestCert: true }, (incoming, outgoing) => {
    seen.push(String((incoming.socket as TLSSocket).getPeerCertificate().subject?.CN))
    const { headers, method, url = "/" } = incoming
    const passed = request(new URL(url, world.simulator.url), { headers, method }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
})

afterAll(() => server.close())

const file = (name: string): string => join(world.home, name)

beforeEach(async () => {
  seen.length = 0
  for (const name of ["good", "elsewhere", "expired"]) {
    await copyFile(made(`${name}.pem`), file(`${name}.pem`))
    await copyFile(made(`${name}.key`), file(`${name}.key`))
    await chmod(file(`${name}.key`), 0o600)
  }
})

const run = (
  args: ReadonlyArray<string>,
  certificate: string | undefined,
  key: string | undefined = certificate?.replace(".pem", ".key"),
  env: Readonly<Record<string, string>> = {}
) =>
  world.run(args, {
    env: {
      ...env,
      NUAPAY_BASE_URL: `https://localhost:${(server.address() as AddressInfo).port}`,
      NUAPAY_TRUSTED_HOST: "localhost",
      NODE_EXTRA_CA_CERTS: made("authority.pem"),
      ...(certificate === undefined ? {} : { NUAPAY_CLIENT_CERTIFICATE_FILE: file(certificate) }),
      ...(key ? { NUAPAY_CLIENT_KEY_FILE: file(key) } : {})
    }
  })

const get = (...certificate: [certificate?: string | undefined, key?: string | undefined]) =>
  run(["token", "get", world.merchant, "--scope", "admin"], ...certificate)

describe("a client certificate", () => {
  it("is shown to a server that asks for it, which speaks with nobody else", async () => {
    assertFailed(await get(), 7, /\[unavailable\]/)
    assertSilent(await get("elsewhere.pem"))
    const called = await run(
      ["api", "GET", "/mandates", "--organisation", world.merchant, "--scope", "admin"],
      "elsewhere.pem"
    )
    assertSilent(called)
    assert.deepStrictEqual([...new Set(seen)], ["elsewhere"])
  })

  it("is set in config.toml, and config show says where", async () => {
    const folder = join(world.home, ".config", "onbehalf")
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await copyFile(file("elsewhere.pem"), join(folder, "mine.pem"))
    await writeFile(
      join(folder, "config.toml"),
      '[profiles.default]\nclient_certificate_file = "mine.pem"\nclient_key_file = "~/elsewhere.key"\n'
    )
    assertSilent(await get())
    const shown = await world.run(["config", "show", "--output", "csv"])
    assert.include(
      shown.stdout,
      `client_certificate_file,${join(folder, "mine.pem")},profile default\n` +
        `client_key_file,${file("elsewhere.key")},profile default\n`
    )
  })

  it.each(["http", "https"])(
    "is not used where Node prints its key: NODE_DEBUG=%s",
    async (part) => {
      const debug = { NODE_DEBUG: part }
      for (const args of [["token", "get", world.merchant, "--scope", "admin"], ["doctor"]]) {
        const { code, stderr, stdout } = await run(args, "elsewhere.pem", undefined, debug)
        assert.include(stderr + stdout, `NODE_DEBUG prints secrets: leave ${part} out of it`)
        assert.notInclude(stderr + stdout, "PRIVATE KEY")
        assert.strictEqual(code, 3)
      }
      assert.deepStrictEqual(seen, [])
    }
  )

  it("does not go where a redirect leads (invariant 7)", async () => {
    world.simulator.addFault({ kind: "redirect", location: "https://localhost:1/elsewhere" })
    assertFailed(await get("elsewhere.pem"), 7, /\[unsupported\]/)
    assert.strictEqual(seen.length, 1)
  })

  it.each([
    ["elsewhere.pem", "", /client_key_file .*is missing: .* go together/],
    ["", "elsewhere.key", /client_certificate_file .*is missing: .* go together/],
    ["elsewhere.pem", "good.key", /good\.key is not the key of .*elsewhere\.pem/],
    ["expired.pem", "expired.key", /expired\.pem has expired \(Jan {1,2}2 .*2020/],
    ["none.pem", "good.key", /none\.pem cannot be read \(NotFound\)/],
    ["good.key", "good.key", /good\.key is no certificate/],
    ["good.pem", "good.pem", /good\.pem is open to other users/]
  ])("%j with %j is refused before anything is sent", async (certificate, key, saying) => {
    await chmod(file("good.pem"), 0o644)
    const ended = await get(certificate || undefined, key)
    assertFailed(ended, 3, saying)
    assert.deepStrictEqual(seen, [])
  })

  it("says no word of a key that is none", async () => {
    await writeFile(file("good.key"), "no key, but a 5ecret")
    const ended = await get("good.pem")
    assertFailed(ended, 3, /good\.key is no private key in PEM/)
    assert.notInclude(ended.stderr, "5ecret")
  })

  it("is looked at by doctor, which shows it too", async () => {
    const doctor = async (certificate: string | undefined, key?: string) => {
      const { code, stdout } = await run(["doctor", "--json"], certificate, key)
      const found = JSON.parse(stdout) as ReadonlyArray<Record<string, string>>
      return { code, of: (check: string) => found.find((each) => each["check"] === check) }
    }
    const good = await doctor("elsewhere.pem")
    assert.match(
      good.of("client certificate")?.["detail"] ?? "",
      /^CN=elsewhere, good for \d+ days$/
    )
    for (const check of ["client certificate", "tls", "clock", "account"]) {
      assert.strictEqual(good.of(check)?.["status"], "ok", check)
    }
    assert.strictEqual(good.code, 0)
    const bad = await doctor("elsewhere.pem", "good.key")
    assert.strictEqual(bad.of("client certificate")?.["status"], "failure")
    assert.match(bad.of("client certificate")?.["detail"] ?? "", /is not the key of/)
    assert.strictEqual(bad.code, 3)
  })
})
