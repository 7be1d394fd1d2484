import { assert, describe, it } from "@effect/vitest"
import { apiKey, assertFailed } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()
const list = ["organisations", "list"]

describe("settings", () => {
  it("a missing API key is named", async () => {
    const ended = await world.run(list, { env: { NUAPAY_API_KEY: "" } })
    assertFailed(ended, 3, /NUAPAY_API_KEY .*is missing/)
  })

  it("a wrong API key is refused, and not printed", async () => {
    const ended = await world.run(list, { env: { NUAPAY_API_KEY: "wrongKey-5ecret" } })
    assertFailed(ended, 4, /NUAPAY_API_KEY is the current key.*\[invalid_api_key\]/)
  })

  it("plain http leaves this machine for nowhere", async () => {
    const ended = await world.run([...list, "--base-url", "http://gatekeeper.example"])
    assertFailed(ended, 3, /NUAPAY_BASE_URL .*must be https/)
  })

  it("credentials in the address are refused and not echoed", async () => {
    const url = world.simulator.url.replace("//", "//user:sesame@")
    const ended = await world.run(["--base-url", url, ...list])
    assertFailed(ended, 3, /NUAPAY_BASE_URL .*must not contain credentials/)
    assert.notInclude(ended.stderr, "sesame")
  })

  it("a flag goes before the environment, wherever it stands", async () => {
    const env = { NUAPAY_BASE_URL: "http://127.0.0.1:1", NUAPAY_ENVIRONMENT: "live" }
    const flags = ["--base-url", world.simulator.url, "--environment", "sandbox"]
    const ended = await world.run([...flags, ...list], { env })
    assert.strictEqual(ended.code, 0, ended.stderr)
    const after = await world.run([...list, ...flags], { env })
    assert.strictEqual(after.code, 0, after.stderr)
    const live = await world.run([...list, "--environment", "live"])
    assertFailed(live, 3, /must not be this machine when the environment is live/)
  })

  it("an address where nobody answers is told of", async () => {
    const ended = await world.run([...list, "--base-url", "http://127.0.0.1:1"])
    assertFailed(ended, 7, /cannot be reached.*\[unavailable\]/)
  })
})

describe("usage", () => {
  it.each([
    [["organisatons", "list"], /Unknown subcommand "organisatons".*Did you mean organisations\?/],
    [["token", "gett"], /Did you mean get\? See: onbehalf token --help/],
    [
      ["token", "get", "x", "--scop", "admin"],
      /Unrecognized flag: --scop .*Did you mean --scope\?/
    ],
    [["organisations", "list", "--environment", "production"], /Expected: "live" \| "sandbox"/],
    [["organisations", "list", "--page", "two"], /--page: "two"/]
  ])("%j gets one line and exit code 2", async (args, saying) => {
    assertFailed(await world.run(args), 2, saying)
  })

  it("has no flag for the API key, and does not echo what was given to one", async () => {
    const apart = await world.run(["--api-key", "typedKey-5ecret", ...list])
    const joined = await world.run([...list, "--api-key=typedKey-5ecret"])
    for (const ended of [apart, joined]) {
      assertFailed(ended, 2, /Unrecognized flag: --api-key/)
      assert.notInclude(ended.stderr, "5ecret")
    }
  })

  it("goes no further with an API key that was typed where an id belongs", async () => {
    for (const args of [
      ["token", "get", apiKey, "--scope", "admin"],
      ["token", apiKey],
      [apiKey]
    ]) {
      assertFailed(await world.run(args), 2, /the command line holds a secret/)
    }
    const later = await world.run(["organisations", "get", apiKey, "--api-key-stdin"], {
      env: { NUAPAY_API_KEY: "" },
      input: apiKey
    })
    assertFailed(later, 3, /command line .*holds a secret/)
    assert.deepStrictEqual(world.simulator.requests, [])
  })

  it("shows help on stderr when a subcommand is missing", async () => {
    const { code, stderr, stdout } = await world.run(["token"])
    assert.match(stderr, /SUBCOMMANDS\n +get /)
    assert.strictEqual(stdout, "")
    assert.strictEqual(code, 2)
  })
})

describe("help", () => {
  it.each([[[]], [["organisations", "list"]], [["token", "get"]], [["api"]]])(
    "of %j has a description and examples",
    async (command: ReadonlyArray<string>) => {
      const { code, stderr, stdout } = await world.run([...command, "--help"])
      assert.match(stdout, /^DESCRIPTION\n {2}\w+/)
      assert.match(stdout, /EXAMPLES\n/)
      assert.include(stdout, "--base-url")
      assert.strictEqual(stderr, "")
      assert.strictEqual(code, 0)
    }
  )

  it("has a version", async () => {
    const version = await world.run(["--version"])
    assert.match(version.stdout, /^onbehalf v\d+\.\d+\.\d+\n$/)
  })
})
