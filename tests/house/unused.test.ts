import { assert, describe, it } from "@effect/vitest"
import { runNode } from "../support/process.ts"

describe("knip", () => {
  it("finds no file, export or dependency that nothing uses", async () => {
    const ended = await runNode([
      "tests/node_modules/knip/bin/knip.js",
      "--no-progress",
      "--no-config-hints"
    ])
    assert.strictEqual(ended.code, 0, ended.stdout + ended.stderr)
  }, 60_000)
})
