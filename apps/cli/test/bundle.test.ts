import { assert, beforeAll, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { SourceMap } from "node:module"
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
  await cp(join(folder, "dist"), apart, { recursive: true })
  // What a package says of its files, without the package.
  await writeFile(join(apart, "package.json"), '{ "type": "module" }')
})

afterAll(() => rm(apart, { recursive: true }))

describe("the bundle", () => {
  it("is a program that stands alone", async () => {
    const entry = join(apart, "onbehalf.js")
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

  it("is less than a megabyte, and the licences lie beside it", async () => {
    const files = await readdir(join(folder, "dist"))
    const programs = ["onbehalf.js", "program.cjs"]
    const maps = programs.map((file) => `${file}.map`)
    assert.sameMembers(files, ["THIRD-PARTY-LICENSES.txt", ...programs, ...maps])
    const sizes = await Promise.all(programs.map((file) => stat(join(folder, "dist", file))))
    assert.isBelow(
      sizes.reduce((sum, { size }) => sum + size, 0),
      1_000_000
    )
    const licences = await readFile(join(folder, "dist", "THIRD-PARTY-LICENSES.txt"), "utf8")
    for (const name of ["effect", "@effect/platform-node", "cliui", "smol-toml"]) {
      assert.match(licences, new RegExp(`^${name} [0-9.]+ \\(\\w+`, "m"))
    }
  })

  it("has source maps that lead into it, and hold no text of the sources", async () => {
    const program = await readFile(join(folder, "dist", "program.cjs"), "utf8")
    const map = JSON.parse(await readFile(join(folder, "dist", "program.cjs.map"), "utf8"))
    assert.notProperty(map, "sourcesContent")
    const before = program.slice(0, program.indexOf("nothing that weakens TLS")).split("\n")
    const found = new SourceMap(map).findEntry(before.length - 1, before.at(-1)?.length ?? 0)
    assert.include(found, { originalSource: "../src/doctor/machine.ts" })
  })

  it("answers at once what the whole program would answer", async () => {
    const program = join(folder, "dist", "program.cjs")
    for (const args of [["--help"], ["-h"], ["--version"]]) {
      const quick = await world.run(args)
      const whole = await world.run(args, { entry: program })
      assert.strictEqual(quick.stdout, whole.stdout)
      assertSilent(quick)
    }
  })

  it("may be executed, and says with what", async () => {
    const { mode } = await stat(bundle)
    assert.strictEqual(mode & 0o111, 0o111)
    const { stdout } = await promisify(execFile)("head", ["-n", "1", bundle])
    assert.strictEqual(stdout, "#!/usr/bin/env node\n")
  })
})
