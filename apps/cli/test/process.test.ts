import { assert, describe, it } from "@effect/vitest"
import { createServer } from "node:http"
import { text } from "node:stream/consumers"
import { isTooOld } from "../src/nodeVersion.ts"
import { assertFailed, start } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

describe("the process", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143]
  ] as const)("ends by %s itself, %i to a shell, without a word", async (signal, code) => {
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
      child.kill(signal)
      assert.strictEqual(await ended, code)
      // Not by an exit code alone: a shell would go on with the next turn of its loop.
      assert.strictEqual(child.signalCode, signal)
      assert.deepStrictEqual(await said, ["", ""])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it.each([
    [["organisations", "list", "--all"]],
    [["organisations", "list", "--all", "--output", "ndjson"]],
    [["--help"]],
    [["--version"]],
    [["token", "get", "--help"]],
    [["completion", "bash"]],
    [["config", "show"]],
    [["doctor"]],
    [["simulator", "start", "--port", "0"]]
  ])("ends in silence when the reader of stdout has had enough of %j", async (args) => {
    const { child, ended } = start(args, { env: world.env })
    child.stdout.destroy()
    const said = await text(child.stderr)
    assert.strictEqual(said, "")
    assert.strictEqual(await ended, 0)
  })

  it("says which Node it needs to one that is too old, and needs nothing of it for that", async () => {
    const old = `
      Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.5" } })
      delete process.getBuiltinModule`
    const NODE_OPTIONS = `--import=data:text/javascript;base64,${btoa(old)}`
    for (const args of [["--version"], ["token", "list"]]) {
      const ended = await world.run(args, { env: { NODE_OPTIONS } })
      assertFailed(ended, 1, /^onbehalf: needs Node 22\.23 or newer, and this is 20\.19\.5$/m)
    }
  })

  it.each([
    ["14.21.3", true],
    ["20.20.2", true],
    ["22.22.9", true],
    ["22.23.0", false],
    ["23.0.0", false],
    ["26.3.1", false]
  ])("finds Node %s too old: %s", (version, expected) => {
    assert.strictEqual(isTooOld(version), expected)
  })
})
