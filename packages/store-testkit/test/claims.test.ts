import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { createRequire } from "node:module"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { storeCases } from "../src/index.ts"
import { backendOf } from "./broken/model.ts"

interface Report {
  readonly testResults: ReadonlyArray<{
    readonly assertionResults: ReadonlyArray<{
      readonly title: string
      readonly status: string
      readonly failureMessages: ReadonlyArray<string>
    }>
  }>
}

/** Runs the fixture by vitest, as whoever uses the suite does. */
const report = async () => {
  const vitest = createRequire(import.meta.url).resolve("vitest/package.json")
  const folder = await mkdtemp(join(tmpdir(), "onbehalf-claims-"))
  const file = join(folder, "report.json")
  const run = promisify(execFile)(
    process.execPath,
    [
      join(dirname(vitest), "vitest.mjs"),
      "run",
      "--reporter=json",
      `--outputFile=${file}`,
      `--root=${join(import.meta.dirname, "fixture")}`
    ],
    { timeout: 60_000, killSignal: "SIGKILL" }
  )
  try {
    // It ends with 1, because one test fails.
    await run.catch(() => undefined)
    const { testResults } = JSON.parse(await readFile(file, "utf8")) as Report
    return testResults.flatMap((one) => one.assertionResults)
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe("what a store says that it cannot", () => {
  it("is skipped with its reason, never passed; what is neither given nor claimed fails", async () => {
    const results = await report()
    const cases = storeCases({ backend: backendOf({}), cannot: { share: "one", survive: "one" } })
    assert.strictEqual(results.length, cases.length)

    const skipped = results.filter((one) => one.status !== "passed" && one.status !== "failed")
    assert.isAbove(skipped.length, cases.filter((one) => one.skipped !== undefined).length)
    for (const { title } of skipped) assert.match(title, / \(cannot \w+: it .+\)$/)

    const passed = results.filter((one) => one.status === "passed").map((one) => one.title)
    assert.isAbove(passed.length, 40)
    for (const title of passed) assert.notMatch(title, /between processes|restart|record/)

    const failed = results.filter((one) => one.status === "failed")
    assert.deepStrictEqual(
      failed.map((one) => one.title),
      ["invariant 8: no more is held than the store was told to hold, and the newest is"]
    )
    assert.include(failed[0]?.failureMessages.join(), "say cannot: { capacity: why }")
  }, 90_000)
})
