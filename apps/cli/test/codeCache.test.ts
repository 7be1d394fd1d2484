import { assert, describe, it } from "@effect/vitest"
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { apiKey, assertFailed, assertSilent } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

/** Where this test's runs keep what V8 compiled. */
const folder = (): string => join(world.home, ".cache", "onbehalf")

const run = (...args: ReadonlyArray<string>) => world.run(args, { env: { XDG_CACHE_HOME: "" } })

const kept = () =>
  readdirSync(folder()).map((name) => {
    const { ino, mode, size } = statSync(join(folder(), name))
    return { path: join(folder(), name), ino, mode: mode & 0o777, size }
  })

describe("what is compiled of the program", () => {
  it("is kept for the next run of the same command, for its owner alone", async () => {
    assertSilent(await run("config", "show"))
    const [first] = kept()
    assert.strictEqual(statSync(folder()).mode & 0o777, 0o700)
    assert.strictEqual(first?.mode, 0o600)
    assertSilent(await run("config", "show", "--output", "json"))
    assert.deepStrictEqual(kept(), [first])
    assertSilent(await run("completion", "bash"))
    assert.strictEqual(kept().length, 2)
  })

  it("holds no secret (invariant 7)", async () => {
    const { stdout } = await run("token", "get", world.merchant, "--scope", "admin")
    const [code] = kept()
    assert.isDefined(code)
    const text = readFileSync(code.path, "latin1")
    for (const secret of [apiKey, btoa(`${apiKey}:`), stdout.trim()]) {
      assert.notInclude(text, secret)
      assert.notInclude(text, Buffer.from(secret, "utf16le").toString("latin1"))
    }
  })

  it("is used only where nobody else can have written it", async () => {
    const before = await run("config", "show")
    const [first] = kept()
    assert.isDefined(first)
    chmodSync(first.path, 0o622)
    const after = await run("config", "show")
    assert.deepStrictEqual(after, before)
    const [second] = kept()
    assert.notStrictEqual(second?.ino, first.ino)
    assert.strictEqual(second?.mode, 0o600)
  })

  it("is made anew where it is none, and takes the place of another version's", async () => {
    const before = await run("config", "show")
    const [first] = kept()
    assert.isDefined(first)
    writeFileSync(first.path, "no code")
    writeFileSync(join(folder(), "code-0.0.0-of-another"), "")
    writeFileSync(join(folder(), "not-ours"), "")
    assert.deepStrictEqual(await run("config", "show"), before)
    assert.deepStrictEqual(
      kept()
        .map(({ path }) => path)
        .sort(),
      [first.path, join(folder(), "not-ours")].sort()
    )
    assert.isAbove(statSync(first.path).size, 100_000)
  })

  it("is made anew where a disk has lost part of it: Node would end without a word of ours", async () => {
    const before = await run("config", "show")
    const [first] = kept()
    assert.isDefined(first)
    const whole = readFileSync(first.path)
    for (const place of [0, 16, 4_096, Math.trunc(whole.length / 2), whole.length - 4_096]) {
      const damaged = Buffer.from(whole)
      damaged.fill(0, place, place + 4_096)
      writeFileSync(first.path, damaged)
      assert.deepStrictEqual(await run("config", "show"), before)
      assert.isFalse(readFileSync(first.path).equals(damaged))
    }
  })

  it("is not kept of a mistake, and is not missed where it cannot be kept", async () => {
    assertFailed(await run("nosuchcommand"), 2, /nosuchcommand/)
    assert.throws(() => kept(), /ENOENT/)
    mkdirSync(join(world.home, ".cache"))
    writeFileSync(folder(), "")
    assertSilent(await run("config", "show"))
    assertSilent(await world.run(["config", "show"], { env: { HOME: "", XDG_CACHE_HOME: "" } }))
  })
})
