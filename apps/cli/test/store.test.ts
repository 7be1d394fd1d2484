import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { readdirSync } from "node:fs"
import { chmod, mkdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { startRedis } from "../../../packages/store-redis/test/support/redisServer.ts"
import { assertFailed, assertSilent, program } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

const get = (...args: ReadonlyArray<string>) =>
  world.run(["token", "get", world.merchant, "--scope", "admin", ...args])

const fetched = () => world.simulator.counters["requestTokenForOrganisation"] ?? 0

const filesOfHome = () =>
  readdirSync(world.home, { recursive: true, withFileTypes: true }).map((entry) => ({
    path: join(entry.parentPath, entry.name),
    isFile: entry.isFile()
  }))

describe("the store", () => {
  it("gives the next run what the last one fetched (invariant 4)", async () => {
    const first = await get()
    const second = await get()
    assert.strictEqual(second.stdout, first.stdout)
    assert.strictEqual(fetched(), 1)
  })

  it("lets runs at once on a cold key share one fetch (invariant 4)", async () => {
    world.simulator.addFault({ kind: "latency", ms: 500 })
    const runs = await Promise.all(Array.from({ length: 5 }, () => get()))
    for (const ended of runs) assertSilent(ended)
    assert.strictEqual(new Set(runs.map(({ stdout }) => stdout)).size, 1)
    assert.strictEqual(fetched(), 1)
  })

  it("lets fifty of them share it too (invariant 4, F33)", async () => {
    world.simulator.addFault({ kind: "latency", ms: 500 })
    const runs = await Promise.all(Array.from({ length: 50 }, () => get()))
    for (const ended of runs) assertSilent(ended)
    assert.strictEqual(new Set(runs.map(({ stdout }) => stdout)).size, 1)
    assert.strictEqual(fetched(), 1)
  }, 240_000)

  it("keeps tokens sealed, in files and folders that are their owner's alone (invariant 7)", async () => {
    const { stdout } = await get()
    const found = filesOfHome()
    assert.isTrue(found.some(({ path }) => path.endsWith(".db")))
    for (const { isFile, path } of found) {
      const { mode } = await stat(path)
      if (!path.endsWith(".config") && !path.endsWith(".local")) {
        assert.strictEqual(mode & 0o077, 0, path)
      }
      if (isFile) assert.notInclude(await readFile(path, "latin1"), stdout.trim())
    }
  })

  it("keeps nothing with --store memory", async () => {
    await get("--store", "memory")
    await get("--store", "memory")
    assert.strictEqual(fetched(), 2)
    assert.deepStrictEqual(filesOfHome(), [])
  })

  it("keeps tokens in Redis with --store redis, which is loaded from beside the program", async () => {
    const redis = await startRedis()
    try {
      const ask = () =>
        world.run(["token", "get", world.merchant, "--scope", "admin", "--store", "redis"], {
          env: { REDIS_URL: redis.url }
        })
      const first = await ask()
      assertSilent(first)
      const second = await ask()
      assertSilent(second)
      assert.strictEqual(second.stdout, first.stdout)
      assert.strictEqual(fetched(), 1)
      const checked = await world.run(["doctor", "--json", "--store", "redis"], {
        env: { REDIS_URL: redis.url }
      })
      assert.include(
        checked.stdout,
        '"check":"store","status":"ok","detail":"redis, holds 1 token"'
      )
    } finally {
      await redis.stop()
    }
  })

  it("tells until when a token is good, also where the store fails (invariant 10)", async () => {
    const inTrouble = { env: { REDIS_URL: "redis://127.0.0.1:1", ONBEHALF_STORE: "redis" } }
    const asked = [world.merchant, "--scope", "admin", "--expires-in", "1h"]
    const almostAnHour = (time: string) =>
      assert.closeTo(Date.parse(time) - Date.now(), 3_600_000, 1_800_000)

    const credential = await world.run(
      ["token", "get", ...asked, "--output", "exec-credential"],
      inTrouble
    )
    assert.match(credential.stderr, /^onbehalf: the token store failed: the token is good/)
    const { expiresAt } = JSON.parse(credential.stdout) as { readonly expiresAt: string }
    almostAnHour(expiresAt)

    const script = 'printf %s "$NUAPAY_TOKEN_EXPIRES_AT"'
    const ran = await world.run(["exec", ...asked, "--", "/bin/sh", "-c", script], inTrouble)
    assert.strictEqual(ran.code, 0, ran.stderr)
    almostAnHour(ran.stdout)
  })

  it("that cannot be set up names the setting as it is called here", async () => {
    const listed = (env: Readonly<Record<string, string>>) => world.run(["token", "list"], { env })
    const address = await listed({ ONBEHALF_STORE: "redis", REDIS_URL: "nowhere" })
    assertFailed(address, 3, /: redis_url \(REDIS_URL\) must be an address/)
    const inTheClear = await listed({ ONBEHALF_STORE: "redis", REDIS_URL: "redis://redis.example" })
    assertFailed(inTheClear, 3, /must begin with rediss:\/\/\. Correct that setting/)
    const folder = await listed({ ONBEHALF_STORE_DIRECTORY: "/dev/null/tokens" })
    assertFailed(folder, 3, /: store_directory \(ONBEHALF_STORE_DIRECTORY\) /)
  })

  it("says that its folder cannot be found from a working folder that is gone", async () => {
    const gone = 'cd "$(mktemp -d)" && rmdir "$PWD" && exec "$0" "$@"'
    const ended = await new Promise<{ code: number; stderr: string }>((resolve) => {
      execFile(
        "sh",
        ["-c", gone, process.execPath, program, "token", "list"],
        { env: { ...world.env, ONBEHALF_STORE_DIRECTORY: "beside" } },
        (error, _, stderr) => resolve({ code: Number(error?.code ?? 0), stderr })
      )
    })
    assert.match(ended.stderr, /store_directory .* the working folder is gone/)
    assert.strictEqual(ended.code, 3)
  })

  it("never gives one API key what was fetched with another (invariant 1)", async () => {
    const own = ["token", "own", "--scope", "bankadmin"]
    const first = await world.run(own)
    assertSilent(first)
    const other = world.simulator.apiKeys.of(world.merchant) ?? ""
    const second = await world.run(["token", "own", "--scope", "admin"], {
      env: { NUAPAY_API_KEY: other }
    })
    assertSilent(second)
    assert.notStrictEqual(second.stdout, first.stdout)
    assert.strictEqual(world.simulator.counters["requestToken"], 2)
    const third = await world.run(own, { env: { NUAPAY_API_KEY: other } })
    assert.notStrictEqual(third.stdout, first.stdout)
  })

  it("in a folder that others can read is refused", async () => {
    const folder = join(world.home, "open")
    await mkdir(folder)
    await chmod(folder, 0o755)
    const ended = await world.run(["token", "get", world.merchant, "--scope", "admin"], {
      env: { ONBEHALF_STORE_DIRECTORY: folder }
    })
    assertFailed(ended, 3, /open to other users/)
  })

  it("needs a home, or to be told to do without", async () => {
    const args = ["token", "get", world.merchant, "--scope", "admin"]
    assertFailed(await world.run(args, { env: { HOME: "" } }), 3, /--store memory/)
    assertSilent(await world.run([...args, "--store", "memory"], { env: { HOME: "" } }))
  })
})
