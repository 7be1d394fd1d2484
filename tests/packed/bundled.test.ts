import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pack } from "../../release/pack.ts"
import { root } from "../support/process.ts"
import { makeProject, type Project } from "./support/project.ts"

/** What is installed: ours, and what they must have. Neither `redis` nor `ioredis` is there, nor OpenTelemetry. */
const ours = ["core", "express", "store-file", "store-memory", "store-redis"].map(
  (name) => `@onbehalf/${name}`
)

const program = `
import { createTokenBroker } from "@onbehalf/core"
import { onBehalf } from "@onbehalf/express"
import { fileStore } from "@onbehalf/store-file"
import { memoryStore } from "@onbehalf/store-memory"
import { redisStore } from "@onbehalf/store-redis"

const settings = { apiKey: "key", baseUrl: "http://127.0.0.1:9" }
const refused = { send: () => Promise.reject(new Error()), subscribe: () => Promise.reject(new Error()) }
const directory = process.cwd() + "/tokens"

const open = async (store) => {
  try {
    const broker = await createTokenBroker({ store, ...settings })
    await broker.close()
    console.log("opened")
  } catch (error) {
    console.log(error.code, error.message)
  }
}

const main = async () => {
  const nuapay = onBehalf({ organisation: () => "m1", scopes: ["admin"], store: memoryStore(), ...settings })
  await nuapay.broker
  await nuapay.close()
  await open(redisStore({ client: refused, plaintext: true }))
  await open(fileStore({ directory, plaintext: true, thread: false }))
  await open(redisStore({ url: "redis://127.0.0.1:9", plaintext: true }))
  await open(fileStore({ directory, plaintext: true }))
}
main()
`

/** What esbuild's own modules need in those of the language. */
const banner = `import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url)`

const formats = [
  ["esm", "bundle.mjs", [`--banner:js=${banner}`]],
  ["cjs", "bundle.cjs", []]
] as const

describe("a program that is bundled", () => {
  const state: { folder: string; project?: Project } = { folder: "" }

  beforeAll(async () => {
    state.folder = await mkdtemp(join(tmpdir(), "onbehalf-bundled-"))
    const packed = await pack(root, state.folder)
    const asked = packed.filter(({ name }) => ours.includes(name))
    state.project = await makeProject({
      manager: "npm",
      dependencies: {
        ...Object.fromEntries(asked.map(({ name, tarball }) => [name, `file:${tarball}`])),
        effect: "~4.1.0",
        esbuild: "^0.28.2",
        express: "^5.0.0"
      },
      files: { "program.js": program }
    })
  }, 400_000)

  afterAll(async () => {
    await state.project?.[Symbol.asyncDispose]()
    await rm(state.folder, { recursive: true })
  })

  it.each(formats)(
    "as %s needs no peer that is optional, and is told what it cannot have in it",
    async (format, file, more) => {
      const project = state.project ?? assert.fail("there is no project")
      const options = ["--bundle", "--platform=node", `--format=${format}`, `--outfile=${file}`]
      const bundled = await project.run("node_modules/.bin/esbuild", [
        "program.js",
        ...options,
        ...more
      ])
      assert.strictEqual(bundled.code, 0, bundled.output)
      const ended = await project.run(process.execPath, [file])
      assert.strictEqual(ended.code, 0, ended.output)
      const [shared, local, ...told] = ended.output.trim().split("\n")
      assert.deepStrictEqual([shared, local], ["opened", "opened"])
      assert.match(told[0] ?? "", /^invalid_configuration .*npm install redis/)
      assert.match(told[1] ?? "", /^invalid_configuration .*leave @onbehalf\/store-file out/)
    },
    60_000
  )
})
