import { assert, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { chmod, mkdir } from "node:fs/promises"
import { join } from "node:path"
import { clockSkew } from "../src/doctor/network.ts"
import { node, nodeSettings } from "../src/doctor/machine.ts"
import { apiKey } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

interface Finding {
  readonly check: string
  readonly status: string
  readonly detail: string
}

const doctor = async (env: Readonly<Record<string, string>> = {}) => {
  const ended = await world.run(["doctor", "--json"], { env })
  const found = JSON.parse(ended.stdout) as ReadonlyArray<Finding>
  return { code: ended.code, of: (check: string) => found.find((each) => each.check === check) }
}

describe("doctor", () => {
  it("finds nothing where nothing is wrong", async () => {
    const ended = await world.run(["doctor"])
    assert.strictEqual(ended.code, 0)
    assert.notMatch(ended.stdout, /failure/)
    for (const check of ["node", "dns", "tls", "clock", "account", "store", "seal key"]) {
      assert.match(ended.stdout, new RegExp(`^${check} +ok `, "m"))
    }
  })

  it("looks at the seal key", async () => {
    assert.strictEqual((await doctor()).of("seal key")?.status, "ok")
    const path = join(world.home, ".config", "onbehalf", "seal-key")
    await chmod(path, 0o644)
    assert.strictEqual((await doctor()).of("seal key")?.status, "failure")
    const missing = await doctor({ ONBEHALF_SEAL_KEY_FILE: join(world.home, "nowhere") })
    assert.strictEqual(missing.of("seal key")?.status, "failure")
    const garbage = await doctor({ ONBEHALF_SEAL_KEY: "garbage" })
    assert.strictEqual(garbage.of("seal key")?.status, "failure")
  })

  it("asks for no seal key where the store needs none, and makes none", async () => {
    const homeless = await doctor({ HOME: "", ONBEHALF_STORE: "memory" })
    assert.strictEqual(homeless.of("seal key")?.status, "ok")
    assert.strictEqual(homeless.code, 0)
    await doctor({ ONBEHALF_STORE: "memory" })
    assert.isFalse(existsSync(join(world.home, ".config")))
  })

  it("takes the key from stdin, for every check", async () => {
    const ended = await world.run(["doctor", "--api-key-stdin"], {
      env: { NUAPAY_API_KEY: "" },
      input: `${apiKey}\n`
    })
    assert.match(ended.stdout, /^api key +ok +from --api-key-stdin/m)
    assert.match(ended.stdout, /^account +ok /m)
    assert.strictEqual(ended.code, 0, ended.stdout)
  })

  it("tells a missing key and a wrong one apart", async () => {
    const missing = await doctor({ NUAPAY_API_KEY: "" })
    assert.include(missing.of("api key")?.detail, "set NUAPAY_API_KEY")
    assert.strictEqual(missing.code, 3)
    const wrong = await doctor({ NUAPAY_API_KEY: "wrongKey-5ecret" })
    assert.strictEqual(wrong.of("api key")?.status, "ok")
    assert.strictEqual(wrong.of("account")?.status, "failure")
    assert.strictEqual(wrong.code, 4)
  })

  it("knows what an address that is not allowed looks like", async () => {
    world.simulator.addFault({ kind: "status", status: 403 })
    const found = await doctor()
    assert.match(found.of("account")?.detail ?? "", /allow-list.*client certificate/)
    assert.strictEqual(found.code, 4)
  })

  it("finds a clock that is wrong", async () => {
    world.simulator.addFault({ kind: "clockSkew", ms: 90_000 })
    const found = await doctor()
    assert.match(found.of("clock")?.detail ?? "", /^(8\d|90) s behind the server: let NTP/)
    assert.strictEqual(found.code, 0)
  })

  it("finds a store that cannot be used", async () => {
    const folder = join(world.home, "open")
    await mkdir(folder, { mode: 0o755 })
    const found = await doctor({ ONBEHALF_STORE_DIRECTORY: folder })
    assert.match(found.of("store")?.detail ?? "", /chmod 700/)
    assert.strictEqual(found.code, 3)
  })

  it("finds that there is no network, and no such name", async () => {
    const nobody = await doctor({ NUAPAY_BASE_URL: "http://127.0.0.1:1" })
    assert.strictEqual(nobody.of("account")?.status, "failure")
    assert.strictEqual(nobody.code, 7)
    const nameless = await doctor({
      NUAPAY_BASE_URL: "https://nowhere.invalid",
      NUAPAY_TRUSTED_HOST: "nowhere.invalid"
    })
    assert.match(nameless.of("dns")?.detail ?? "", /has no address/)
    assert.strictEqual(nameless.of("tls")?.status, "failure")
  })

  it("knows which Node may be used, and how", () => {
    assert.strictEqual(node("22.23.0").status, "ok")
    assert.strictEqual(node("24.16.0").status, "failure")
    const set = (name: string) => (asked: string) => (asked === name ? "0" : undefined)
    assert.strictEqual(nodeSettings(set("NODE_TLS_REJECT_UNAUTHORIZED")).status, "failure")
    assert.strictEqual(nodeSettings(set("NODE_DEBUG")).status, "warning")
    assert.strictEqual(clockSkew(undefined, 0).status, "warning")
  })
})
