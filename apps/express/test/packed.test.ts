import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { join } from "node:path"
import { codeBlocks } from "../../../tests/support/codeBlocks.ts"
import { makeProject, packOurs } from "./support/packedProject.ts"

/** The first lines that a user copies. */
const readme = codeBlocks(join(import.meta.dirname, "../README.md")).find(
  ({ language }) => language === "ts"
)

/** Starts what the README makes, on a simulator, and asks for a merchant's mandates as a browser would. */
const tryIt = (load: string): string => `
import { startSimulator } from "@onbehalf/simulator"
const simulator = await startSimulator()
process.env.NUAPAY_API_KEY = simulator.apiKey
process.env.NUAPAY_BASE_URL = simulator.url
const { app, merchants, nuapay } = ${load}
merchants.set("s1", simulator.merchants[0].id)
const server = app.listen(0, async () => {
  const url = "http://127.0.0.1:" + server.address().port + "/payments/mandates"
  const nobody = await fetch(url)
  const answer = await fetch(url, { headers: { cookie: "session=s1" } })
  const { data } = await answer.json()
  const own = data.length > 0 && data.every((one) => one.organisationId === simulator.merchants[0].id)
  console.log(nobody.status, answer.status, own)
  server.closeAllConnections()
  server.close()
  await nuapay.close()
  await simulator.close()
})
`

/** The same app as those write it who have no modules yet. */
const commonJs = `
const express = require("express")
const { errorHandler, onBehalf } = require("@onbehalf/express")
const { memoryStore } = require("@onbehalf/store-memory")
const merchants = new Map()
const nuapay = onBehalf({
  organisation: (req) => merchants.get((req.headers.cookie || "").replace("session=", "")),
  scopes: ["admin"],
  store: memoryStore()
})
const app = express()
app.use("/payments", nuapay)
app.get("/payments/mandates", (req, res, next) => {
  req.onBehalf.fetch("/mandates").then((answer) => answer.json()).then((body) => res.json(body)).catch(next)
})
app.use(errorHandler)
module.exports = { app, merchants, nuapay }
`

/** Two names in one app; what is not declared is not there. */
const twoNames = `
import { onBehalf, type OnBehalfAs } from "@onbehalf/express"
import { memoryStore } from "@onbehalf/store-memory"
import express from "express"

declare global {
  namespace Express {
    interface Request extends OnBehalfAs<"sandbox">, OnBehalfAs<"live"> {}
  }
}

const common = { organisation: () => "m1", scopes: ["admin"], store: memoryStore() }
const app = express()
app.use(onBehalf({ ...common, name: "sandbox" }), onBehalf({ ...common, name: "live", environment: "live" }))
app.get("/:id", async (req, res) => {
  const both: Promise<Response>[] = [req.sandbox.fetch("/mandates"), req.live.fetch("/mandates")]
  res.json([req.params.id, (await req.live.using({ expiresIn: 60 }).token()).id, await Promise.all(both)])
  // @ts-expect-error -- nobody imported @onbehalf/express/request
  req.onBehalf
})
`

const tsconfig = (files: ReadonlyArray<string>): string =>
  JSON.stringify({
    compilerOptions: {
      target: "es2024",
      lib: ["es2024", "DOM", "DOM.Iterable"],
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node"]
    },
    files
  })

let packed: Awaited<ReturnType<typeof packOurs>> | undefined

beforeAll(async () => {
  packed = await packOurs()
}, 180_000)

afterAll(() => packed?.[Symbol.asyncDispose]())

describe.each([
  ["Express 4", "express4"],
  ["Express 5", "express"]
] as const)("a new project with the packed packages and %s", (_version, express) => {
  const project = (files: Readonly<Record<string, string>>) =>
    makeProject(packed?.folder ?? "", express, files)

  const module = '{ "type": "module" }'

  it("the README's lines work and have no type error", async () => {
    const { check, node } = await project({
      "package.json": module,
      "tsconfig.json": tsconfig(["app.ts"]),
      "app.ts": `${readme?.code}\nexport { app, merchants, nuapay }\n`,
      "try.js": tryIt('await import("./app.ts")')
    })
    const ran = await node("try.js")
    assert.strictEqual(ran.output, "401 200 true\n")
    const checked = await check()
    assert.strictEqual(checked.code, 0, checked.output)
  }, 120_000)

  it("require works, from CommonJS", async () => {
    const { node } = await project({
      "package.json": "{}",
      "app.cjs": commonJs,
      "try.mjs": tryIt('(await import("./app.cjs")).default')
    })
    const ran = await node("try.mjs")
    assert.strictEqual(ran.output, "401 200 true\n")
  }, 120_000)

  it("two names have their types, and no other has", async () => {
    const { check } = await project({
      "package.json": module,
      "tsconfig.json": tsconfig(["app.ts"]),
      "app.ts": twoNames
    })
    const checked = await check()
    assert.strictEqual(checked.code, 0, checked.output)
  }, 120_000)
})
