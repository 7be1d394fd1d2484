import { assert, describe, it } from "@effect/vitest"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { codeBlocks } from "../../../tests/support/codeBlocks.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()
const root = join(import.meta.dirname, "../../..")

const firstBlock = (page: string): string => {
  const block = codeBlocks(join(root, page)).find(
    ({ code }) => code.includes("@onbehalf/express") && code.includes("fetch(")
  )
  assert.isDefined(block)
  return block.code
}

type App = Pick<Parameters<typeof world.serve>[0], "listen">

describe.each(["express4", "express"])(
  "what a page begins with, as it stands, on %s",
  (express) => {
    it.each([
      ["apps/express/README.md", "s1", "/payments/mandates"],
      ["docs/quick-start.md", "session=s1", "/mandates"],
      ["docs/express.md", "s1", "/payments/mandates"]
    ])("%s: with Nuapay, and without", async (page, session, path) => {
      const folder = await mkdtemp(join(import.meta.dirname, "run-"))
      const before = { ...process.env }
      Object.assign(process.env, {
        NUAPAY_API_KEY: world.simulator.apiKey,
        NUAPAY_BASE_URL: world.simulator.url
      })
      try {
        const code = firstBlock(page)
          .replaceAll("export const", "const")
          .replace('from "express"', `from "${express}"`)
        const file = join(folder, "app.ts")
        await writeFile(file, `${code}\nexport { app, merchants }\n`)
        const { app, merchants } = (await import(file)) as {
          readonly app: App
          readonly merchants: Map<string, string>
        }
        merchants.set(session, world.merchant())
        const { get } = await world.serve(app as Parameters<typeof world.serve>[0])
        const ask = () => get(path, undefined, { headers: { cookie: "session=s1" } })
        assert.strictEqual((await ask()).status, 200)
        world.simulator.addFault({ kind: "reset", match: { operation: "listMandates" } })
        assert.strictEqual((await ask()).status, 502)
        assert.strictEqual((await get(path)).status, 401)
      } finally {
        process.env = before
        await rm(folder, { recursive: true })
      }
    })
  }
)
