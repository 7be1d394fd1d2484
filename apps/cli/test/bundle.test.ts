import { assert, beforeAll, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { cp, mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll } from "vitest"
import { assertFailed, assertSilent } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const folder = fileURLToPath(new URL("..", import.meta.url))
const bundle = join(folder, "dist", "onbehalf.js")
const world = makeWorld()
let apart = ""

beforeAll(async () => {
  // Far from any node_modules: what it needs must be in it.
  apart = await mkdtemp(join(tmpdir(), "onbehalf-"))
  await cp(bundle, join(apart, "onbehalf.mjs"))
})

afterAll(() => rm(apart, { recursive: true }))

describe("the bundle", () => {
  it("is a program that stands alone", async () => {
    const entry = join(apart, "onbehalf.mjs")
    const help = await world.run(["--help"], { entry })
    assertSilent(help)
    assert.include(help.stdout, "SUBCOMMANDS")
    const listed = await world.run(["organisations", "list", "--all"], { entry })
    assertSilent(listed)
    assert.strictEqual(listed.stdout.trimEnd().split("\n").length, 122)
    const called = await world.run(
      ["api", "GET", "/mandates", "--organisation", world.merchant, "--scope", "admin"],
      { entry }
    )
    assertSilent(called)
    const refused = await world.run(["token", "get", world.merchant, "--scope", ""], { entry })
    assertFailed(refused, 2, /scopes must be/)
  })

  it("may be executed, and says with what", async () => {
    const { mode } = await stat(bundle)
    assert.strictEqual(mode & 0o111, 0o111)
    const { stdout } = await promisify(execFile)("head", ["-n", "1", bundle])
    assert.strictEqual(stdout, "#!/usr/bin/env node\n")
  })
})
