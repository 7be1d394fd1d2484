import { afterEach, assert, describe, it, onTestFinished, vi } from "@effect/vitest"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { makeProject } from "./support/project.ts"

afterEach(() => {
  vi.unstubAllEnvs()
})

describe("a stranger's project", () => {
  it("sees nothing of a developer's own settings, and keeps what it writes to itself", async () => {
    const names = [
      "HOME",
      "NODE_PATH",
      "NUAPAY_ENVIRONMENT",
      "ONBEHALF_PROFILE",
      "REDIS_URL",
      "XDG_CONFIG_HOME",
      "XDG_STATE_HOME"
    ]
    const developer = await mkdtemp(join(tmpdir(), "onbehalf-developer-"))
    onTestFinished(() => rm(developer, { recursive: true }))
    for (const name of names) vi.stubEnv(name, developer)
    await using project = await makeProject({
      manager: "npm",
      dependencies: {},
      files: {},
      settings: { NUAPAY_API_KEY: "given" }
    })
    const { output } = await project.run(process.execPath, ["-p", "JSON.stringify(process.env)"])
    const seen = JSON.parse(output) as Record<string, string>
    assert.strictEqual(seen["NUAPAY_API_KEY"], "given")
    assert.deepStrictEqual(
      Object.entries(seen).filter(([, value]) => value.includes(developer)),
      []
    )
    assert.isTrue(seen["HOME"]?.startsWith(project.folder))
  }, 60_000)
})
