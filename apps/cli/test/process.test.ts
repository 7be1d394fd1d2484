import { assert, describe, it } from "@effect/vitest"
import { createServer } from "node:http"
import { text } from "node:stream/consumers"
import { start } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

describe("the process", () => {
  it("ends with 130 on Ctrl-C, without a word", async () => {
    const server = createServer()
    const asked = new Promise<void>((resolve) => {
      server.on("request", () => resolve())
    })
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve)
    })
    const address = server.address()
    const port = address !== null && typeof address === "object" ? address.port : 0
    try {
      const { child, ended } = start(["organisations", "list"], {
        env: { NUAPAY_BASE_URL: `http://127.0.0.1:${port}` }
      })
      const said = Promise.all([text(child.stdout), text(child.stderr)])
      await asked
      child.kill("SIGINT")
      assert.strictEqual(await ended, 130)
      assert.deepStrictEqual(await said, ["", ""])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it("ends in silence when the reader of stdout has had enough", async () => {
    const { child, ended } = start(["organisations", "list", "--all"], {
      env: { NUAPAY_BASE_URL: world.simulator.url }
    })
    child.stdout.destroy()
    const said = await text(child.stderr)
    assert.strictEqual(said, "")
    assert.strictEqual(await ended, 0)
  })
})
