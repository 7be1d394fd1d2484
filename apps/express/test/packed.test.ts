import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { join } from "node:path"
import { commonJs, tryApp } from "../../../tests/packed/support/expressApp.ts"
import { codeBlocks } from "../../../tests/support/codeBlocks.ts"
import { makeProject, packOurs } from "./support/packedProject.ts"

/** The first lines that a user copies. */
const readme = codeBlocks(join(import.meta.dirname, "../README.md")).find(
  ({ language }) => language === "ts"
)

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
const nuapay = onBehalf(common)
app.get("/before/:id", nuapay, (req, res) => {
  const id: string = req.params.id
  res.json(id)
  // @ts-expect-error -- the route has no such part
  req.params.oops
})
app.post<{ id: string }, { paid: number }, { amount: number }>("/typed/:id", nuapay, (req, res) => {
  res.json({ paid: req.body.amount })
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
      "try.js": tryApp('await import("./app.ts")')
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
      "try.mjs": tryApp('(await import("./app.cjs")).default')
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
