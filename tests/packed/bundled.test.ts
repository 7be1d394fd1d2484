import { assert, describe, it, onTestFinished } from "@effect/vitest"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pack } from "../../release/pack.ts"
import { root } from "../support/process.ts"
import { makeProject } from "./support/project.ts"

/** What is installed: ours, and what they must have. Neither `redis` nor `ioredis` is there, nor OpenTelemetry. */
const ours = ["core", "express", "store-memory", "store-redis"].map((name) => `@onbehalf/${name}`)

const program = `
import { createTokenBroker } from "@onbehalf/core"
import { onBehalf } from "@onbehalf/express"
import { memoryStore } from "@onbehalf/store-memory"
import { redisStore } from "@onbehalf/store-redis"
import { strictEqual } from "node:assert"

const settings = { apiKey: "key", baseUrl: "http://127.0.0.1:9" }
const nuapay = onBehalf({ organisation: () => "m1", scopes: ["admin"], store: memoryStore(), ...settings })
await nuapay.broker
await nuapay.close()

const client = { send: () => Promise.reject(new Error()), subscribe: () => Promise.reject(new Error()) }
const broker = await createTokenBroker({ store: redisStore({ client, plaintext: true }), ...settings })
await broker.close()

const store = redisStore({ url: "redis://127.0.0.1:9", plaintext: true })
const error = await createTokenBroker({ store, ...settings }).catch((error) => error)
strictEqual(error.code, "invalid_configuration")
console.log(error.message)
`

describe("a program that is bundled", () => {
  it("needs no peer that is optional, and says which one is missing where it is used", async () => {
    const folder = await mkdtemp(join(tmpdir(), "onbehalf-bundled-"))
    onTestFinished(() => rm(folder, { recursive: true }))
    const packed = await pack(root, folder)
    const asked = packed.filter(({ name }) => ours.includes(name))
    await using project = await makeProject({
      manager: "npm",
      dependencies: {
        ...Object.fromEntries(asked.map(({ name, tarball }) => [name, `file:${tarball}`])),
        effect: "~4.1.0",
        esbuild: "^0.28.2",
        express: "^5.0.0"
      },
      files: { "program.js": program }
    })
    const options = ["--bundle", "--platform=node", "--format=esm", "--outfile=bundle.js"]
    // Modules of CommonJS in it want a `require`.
    const banner = `--banner:js=import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url)`
    const bundled = await project.run("node_modules/.bin/esbuild", [
      "program.js",
      ...options,
      banner
    ])
    assert.strictEqual(bundled.code, 0, bundled.output)
    const ended = await project.run(process.execPath, ["bundle.js"])
    assert.strictEqual(ended.code, 0, ended.output)
    assert.include(ended.output, "npm install redis")
  }, 300_000)
})
