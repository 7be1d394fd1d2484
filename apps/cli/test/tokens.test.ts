import { assert, describe, it } from "@effect/vitest"
import { assertFailed, assertSilent } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

const get = async (...args: ReadonlyArray<string>) => {
  const ended = await world.run(["token", "get", world.merchant, "--scope", "admin", ...args])
  assertSilent(ended)
  return ended.stdout
}

const works = async (token: string): Promise<boolean> => {
  const answer = await fetch(`${world.simulator.url}/mandates`, {
    headers: { authorization: `Bearer ${token.trim()}` }
  })
  await answer.body?.cancel()
  return answer.status === 200
}

interface Entry {
  readonly id: string
  readonly organisation: string
  readonly scopes: ReadonlyArray<string>
  readonly expiresIn: number
}

const list = async (): Promise<ReadonlyArray<Entry>> => {
  const { stdout } = await world.run(["token", "list", "--output", "json"])
  return JSON.parse(stdout) as ReadonlyArray<Entry>
}

describe("token get", () => {
  it("prints what a shell, curl and other tools take", async () => {
    const token = (await get()).trim()
    assert.strictEqual(await get("--output", "env"), `export NUAPAY_TOKEN='${token}'\n`)
    assert.strictEqual(await get("--output", "curl"), `header = "Authorization: Bearer ${token}"\n`)
    const credential = JSON.parse(await get("--output", "exec-credential")) as {
      readonly version: number
      readonly token: string
      readonly expiresAt: string
    }
    assert.deepInclude(credential, { version: 1, token })
    const left = Date.parse(credential.expiresAt) - Date.now()
    assert.isTrue(left > 500_000 && left < 571_000, `${left}`)
  })
})

describe("token own and token application", () => {
  it("get what they are for", async () => {
    const own = await world.run(["token", "own", "--scope", "bankadmin", "--output", "json"])
    assertSilent(own)
    assert.deepInclude(JSON.parse(own.stdout), {
      organisation: world.simulator.partner.id,
      scopes: ["bankadmin"]
    })
    const application = await world.run([
      "token",
      "application",
      world.merchant,
      "--product",
      "open_banking_pis",
      "--resource",
      "8ow24y2pdx",
      "--output",
      "json"
    ])
    assertSilent(application)
    assert.deepInclude(JSON.parse(application.stdout), {
      organisation: world.merchant,
      resourceId: "8ow24y2pdx"
    })
  })

  it("revoke one's own, one or all", async () => {
    const own = ["token", "own", "--scope", "bankadmin", "--output", "json"]
    const { id } = JSON.parse((await world.run(own)).stdout) as Entry
    const one = await world.run(["token", "own", "--revoke", id])
    assert.match(one.stderr, /revoked 1 token of your own organisation/)
    assert.deepStrictEqual(await list(), [])
    await world.run(own)
    const all = await world.run(["token", "own", "--revoke", "all"])
    assert.match(all.stderr, /revoked 1 token of your own/)
    assert.deepStrictEqual(await list(), [])
  })

  it("take a scope or --revoke, and not both", async () => {
    assertFailed(await world.run(["token", "own"]), 2, /name at least one --scope/)
    const both = await world.run(["token", "own", "--scope", "a", "--revoke", "all"])
    assertFailed(both, 2, /--revoke takes no --scope/)
  })
})

describe("token list", () => {
  it("tells what is held and no secret, without an API key", async () => {
    const empty = await world.run(["token", "list"])
    assert.match(empty.stderr, /the store holds no token/)
    const token = await get()
    const ended = await world.run(["token", "list"], { env: { NUAPAY_API_KEY: "" } })
    assertSilent(ended)
    assert.match(
      ended.stdout,
      new RegExp(
        `^ID +ORGANISATION +SCOPES +LEFT\n[\\w-]+ +${world.merchant} +admin +(?:10|9|8)m(?: \\d+s)?\n$`
      )
    )
    assert.notInclude(ended.stdout, token.trim())
    const lines = await world.run(["token", "list", "--output", "ndjson"])
    assert.deepInclude(JSON.parse(lines.stdout), { organisation: world.merchant })
    const csv = await world.run(["token", "list", "--output", "csv"])
    assert.match(csv.stdout, /^id,organisation,scopes,left\n/)
  })
})

describe("token inspect", () => {
  it("tells of a token on stdin or in the store, and never shows it", async () => {
    const token = await get()
    const [entry] = await list()
    const piped = await world.run(["token", "inspect", "-"], { input: token })
    const held = await world.run(["token", "inspect", entry?.id ?? ""])
    for (const ended of [piped, held]) {
      assertSilent(ended)
      assert.match(ended.stdout, new RegExp(`org_id +${world.merchant}\n`))
      assert.match(ended.stdout, /expiresIn +(5\d\d|600)\n/)
      for (const part of token.trim().split(".")) assert.notInclude(ended.stdout, part)
    }
    assert.match(held.stdout, /life +\[█+░*\] (9m \d+s|10m) left\n/)
    const json = await world.run(["token", "inspect", "--output", "json"], { input: token })
    assert.deepInclude(JSON.parse(json.stdout), { org_id: world.merchant, scope: ["admin"] })
  })

  it("leaves out no claim, whatever its name is", async () => {
    const claims = { life: "theirs", exp: 1 }
    const input = `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`
    const json = await world.run(["token", "inspect", "--output", "json"], { input })
    assert.deepInclude(JSON.parse(json.stdout), claims)
  })

  it("tells of numbers as they are written", async () => {
    const claims = '{"user":12345678901234567890,"limits":[1.50],"iat":0,"exp":1e3}'
    const input = `e30.${Buffer.from(claims).toString("base64url")}.x`
    const table = await world.run(["token", "inspect"], { input })
    assert.match(table.stdout, /^user +12345678901234567890\n/m)
    assert.match(table.stdout, /^expiresAt +1970-01-01T00:16:40/m)
    const json = await world.run(["token", "inspect", "--output", "json"], { input })
    assert.match(json.stdout, /"user": 12345678901234567890,\n +"limits": \[\n +1\.50\n/)
  })

  it("says what it cannot tell of, without repeating it", async () => {
    const nonsense = await world.run(["token", "inspect"], { input: "a.5ecretNonsense.b" })
    assertFailed(nonsense, 2, /what came on stdin is no JWT/)
    assert.notInclude(nonsense.stderr, "5ecret")
    assertFailed(await world.run(["token", "inspect", "nosuchid"]), 5, /holds no token of that id/)
  })
})

describe("token revoke", () => {
  it("makes one token useless, here and there (invariant 3)", async () => {
    const token = await get()
    const [entry] = await list()
    const ended = await world.run(["token", "revoke", world.merchant, entry?.id ?? ""])
    assert.strictEqual(ended.code, 0, ended.stderr)
    assert.match(ended.stderr, /revoked 1 token of organisation/)
    assert.isFalse(await works(token))
    assert.notStrictEqual(await get(), token)
  })

  it("makes all of a merchant useless (invariant 3)", async () => {
    const tokens = [await get(), await get("--expires-in", "1h")]
    const ended = await world.run(["token", "revoke", world.merchant, "--all", "--yes"])
    assert.match(ended.stderr, /revoked 2 tokens of organisation/)
    for (const token of tokens) assert.isFalse(await works(token))
    assert.deepStrictEqual(await list(), [])
  })

  it("takes one or all, and not both", async () => {
    const none = await world.run(["token", "revoke", world.merchant])
    const both = await world.run(["token", "revoke", world.merchant, "x", "--all"])
    // As it is written for one's own, where it must not end as if it had been done.
    const word = await world.run(["token", "revoke", world.merchant, "all"])
    for (const ended of [none, both, word]) {
      assertFailed(ended, 2, /name one token by its id, or all of them with --all/)
    }
  })

  it("that nobody confirms is a failure, though it is gone here", async () => {
    await get()
    world.simulator.addFault({ kind: "status", status: 403, match: { path: "/**/revoke" } })
    assertFailed(await world.run(["token", "revoke", world.merchant, "--all"]), 4, /forbidden/)
    assert.deepStrictEqual(await list(), [])
  })
})
