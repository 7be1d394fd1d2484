import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { chmod, chown, mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { apiKey, assertFailed, assertSilent, type Ended, runsAs } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

const noKey = { NUAPAY_API_KEY: "", NUAPAY_BASE_URL: "" }

const file = async (name: string, text: string, mode = 0o600): Promise<string> => {
  const folder = join(world.home, ".config", "onbehalf")
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, name)
  await writeFile(path, text)
  await chmod(path, mode)
  return path
}

const config = (text: string): Promise<string> => file("config.toml", text)

interface Shown {
  readonly setting: string
  readonly value: string
  readonly source: string
}

const show = async (...args: ReadonlyArray<string>): Promise<ReadonlyMap<string, Shown>> => {
  const ended = await world.run(["config", "show", "--output", "json", ...args])
  assertSilent(ended)
  const rows = JSON.parse(ended.stdout) as ReadonlyArray<Shown>
  return new Map(rows.map((row) => [row.setting, row]))
}

const list = (env: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) =>
  world.run(["organisations", "list", "--page-size", "1", ...args], { env })

describe("config.toml", () => {
  it("gives what neither flag nor environment says, by profile", async () => {
    await file("key", `${apiKey}\n`)
    await config(
      `profile = "here"\n[profiles.here]\napi_key_file = "key"\nbase_url = "${world.simulator.url}"\n`
    )
    assert.strictEqual((await list(noKey)).code, 0)
  })

  it("comes after the environment, and that after a flag; each is told with its source", async () => {
    await config('[profiles.default]\nenvironment = "live"\naccount = "shop"\n')
    const shown = await show("--base-url", "http://127.0.0.1:1")
    assert.deepInclude(shown.get("environment"), { value: "live", source: "profile default" })
    assert.deepInclude(shown.get("account"), { value: "shop", source: "profile default" })
    assert.deepInclude(shown.get("base_url"), {
      value: "http://127.0.0.1:1",
      source: "--base-url"
    })
    assert.deepInclude((await show()).get("base_url"), { source: "NUAPAY_BASE_URL" })
    assert.deepInclude((await show("--environment", "sandbox")).get("environment"), {
      source: "--environment"
    })
  })

  it("is not asked, nor is a flag, where a value is empty: what comes after it holds", async () => {
    await config('[profiles.default]\naccount = ""\nbase_url = ""\napi_key_file = ""\n')
    const shown = await show("--base-url", "")
    assert.deepInclude(shown.get("base_url"), {
      value: world.simulator.url,
      source: "NUAPAY_BASE_URL"
    })
    for (const setting of ["account", "api_key_file"]) {
      assert.deepInclude(shown.get(setting), { source: "default" })
    }
  })

  it("is chosen from by --profile, by ONBEHALF_PROFILE, or by its own default", async () => {
    await config('profile = "a"\n[profiles.a]\naccount = "A"\n[profiles.b]\naccount = "B"\n')
    assert.strictEqual((await show()).get("account")?.value, "A")
    assert.strictEqual((await show("--profile", "b")).get("account")?.value, "B")
    const other = await world.run(["config", "show", "--profile", "c"])
    assertFailed(other, 3, /names no profile of .*"a", "b"/)
  })

  it.each([
    ["a mistake in it", 'account = = "5ecretLine"\n', /is not TOML: line 1, column/],
    ["an unknown key", '[profiles.default]\nenviroment = "live"\n', /unknown key "enviroment"/],
    ["a secret in it", '[profiles.default]\napi_key = "5ecretLine"\n', /must not hold a secret/],
    ["a number for a text", "[profiles.default]\naccount = 1\n", /must be a text in quotes/]
  ])("with %s is refused, and not quoted", async (_, text, saying) => {
    await config(text)
    const ended = await world.run(["config", "show"])
    assertFailed(ended, 3, saying)
    assert.notInclude(ended.stderr, "5ecretLine")
  })

  it("that cannot be read is told of", async () => {
    await mkdir(join(world.home, ".config", "onbehalf", "config.toml"), { recursive: true })
    assertFailed(await world.run(["config", "show"]), 3, /config\.toml cannot be read/)
  })
})

describe("the profile", () => {
  it("is told with who named it; empty is not set", async () => {
    const sourceOf = async (args: ReadonlyArray<string>, env: Readonly<Record<string, string>>) =>
      (await world.run(["config", "show", "--output", "csv", ...args], { env })).stdout
        .split("\n")
        .find((line) => line.startsWith("profile,"))
    const empty = { ONBEHALF_PROFILE: "" }
    assert.strictEqual(await sourceOf(["--profile="], empty), "profile,default,default")
    await file("config.toml", 'profile = "one"\n[profiles.one]\n[profiles.two]\n')
    assert.strictEqual(await sourceOf([], empty), "profile,one,config.toml")
    const two = { ONBEHALF_PROFILE: "two" }
    assert.strictEqual(await sourceOf([], two), "profile,two,ONBEHALF_PROFILE")
    assert.strictEqual(await sourceOf(["--profile", "one"], two), "profile,one,--profile")
  })
})

describe("the API key", () => {
  const refused = (ended: Ended, saying: RegExp) => {
    assertFailed(ended, 3, saying)
  }

  it("is read from stdin before all else", async () => {
    const ended = await world.run(
      ["organisations", "list", "--page-size", "1", "--api-key-stdin"],
      {
        env: { NUAPAY_API_KEY: "wrongKey-5ecret" },
        input: `${apiKey}\n`
      }
    )
    assert.strictEqual(ended.code, 0, ended.stderr)
  })

  it("cannot share stdin with a body: nothing is sent", async () => {
    const call = ["api", "POST", "/payments", "--organisation", world.merchant, "--scope", "admin"]
    const ended = await world.run([...call, "--api-key-stdin", "--input", "-"], { input: apiKey })
    assertFailed(ended, 2, /stdin holds the API key/)
    assert.deepStrictEqual(world.simulator.counters, {})
  })

  it("is not looked for in what is too long for one", async () => {
    const ended = await world.run(["organisations", "list", "--api-key-stdin"], {
      input: "x".repeat(70_000)
    })
    assertFailed(ended, 3, /longer than 64 KiB/)
  })

  it("is read from a file that only its owner can read", async () => {
    const path = await file("key", apiKey, 0o640)
    const env = { NUAPAY_API_KEY: "", ONBEHALF_API_KEY_FILE: path }
    refused(await list(env), /open to other users \(mode 640\): chmod 600/)
    await chmod(path, 0o600)
    assert.strictEqual((await list(env)).code, 0)
  })

  it("in a file that is not there, or is none, is told of", async () => {
    const env = { NUAPAY_API_KEY: "" }
    refused(
      await list({ ...env, ONBEHALF_API_KEY_FILE: "/nowhere/key" }),
      /cannot be read \(NotFound\)/
    )
    refused(await list({ ...env, ONBEHALF_API_KEY_FILE: world.home }), /is not a regular file/)
  })

  it("in a pipe that nobody writes to is not waited for", async () => {
    const pipe = join(world.home, "pipe")
    execFileSync("mkfifo", ["-m", "600", pipe])
    const env = { NUAPAY_API_KEY: "", ONBEHALF_API_KEY_FILE: pipe }
    refused(await list(env), /is not a regular file/)
  })

  it("is not shown where it stands in an address", async () => {
    const ended = await world.run(["config", "show", "--output", "json"], {
      env: { NUAPAY_BASE_URL: "https://user:sesame@nuapay.example" }
    })
    assert.notInclude(ended.stdout + ended.stderr, "sesame")
    assert.include(ended.stdout, "base_url")
  })

  it("is shown by its source alone", async () => {
    const shown = await show()
    assert.deepInclude(shown.get("api key"), { value: "(set, hidden)", source: "NUAPAY_API_KEY" })
  })
})

/** In a container that was told to run as somebody, the system knows no more of a user than a number. */
const nameless = 54_321

describe.runIf(runsAs(nameless))("a user without a name", () => {
  const get = (env: Readonly<Record<string, string>>) =>
    world.run(["token", "get", world.merchant, "--scope", "admin"], { env, uid: nameless })

  it("has files of its own, and tokens that are kept", async () => {
    await chown(world.home, nameless, nameless)
    const first = await get({})
    assertSilent(first)
    assert.deepStrictEqual(await get({}), first)
  })
})
