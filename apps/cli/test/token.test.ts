import { assert, describe, it } from "@effect/vitest"
import { assertFailed, assertSilent } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

const get = (...args: ReadonlyArray<string>) =>
  world.run(["token", "get", world.merchant, "--scope", "admin", ...args])

const mandates = async (authorization: string): Promise<number> => {
  const answer = await fetch(`${world.simulator.url}/mandates`, { headers: { authorization } })
  await answer.body?.cancel()
  return answer.status
}

describe("token get", () => {
  it("prints the token alone, and it works", async () => {
    const ended = await get()
    assertSilent(ended)
    assert.match(ended.stdout, /^[\w.-]{100,}\n$/)
    assert.strictEqual(await mandates(`Bearer ${ended.stdout.trim()}`), 200)
  })

  it("prints a header, and it works", async () => {
    const ended = await get("--output", "header")
    assertSilent(ended)
    const header = /^Authorization: (Bearer [\w.-]{100,})\n$/.exec(ended.stdout)
    assert.strictEqual(await mandates(header?.[1] ?? ""), 200)
  })

  it("prints JSON with all there is to know", async () => {
    const ended = await get("--scope", "openbanking_pisp", "--expires-in", "2m", "--output", "json")
    assertSilent(ended)
    const printed = JSON.parse(ended.stdout) as Record<string, unknown>
    assert.deepInclude(printed, {
      organisation: world.merchant,
      scopes: ["admin", "openbanking_pisp"]
    })
    assert.isTrue(Number(printed["expiresIn"]) > 60 && Number(printed["expiresIn"]) <= 120)
    assert.match(String(printed["id"]), /^[\w-]+$/)
    assert.strictEqual(await mandates(`Bearer ${String(printed["token"])}`), 200)
  })

  it("asks for ten minutes unless told otherwise", async () => {
    const ended = await get("--output", "json")
    const { expiresIn } = JSON.parse(ended.stdout) as { readonly expiresIn: number }
    assert.isTrue(expiresIn > 540 && expiresIn <= 600)
  })

  it.each(["9", "31556927"])("refuses a life of %s seconds before it asks", async (seconds) => {
    const ended = await get("--expires-in", seconds)
    assertFailed(ended, 2, /expiresIn must be a whole number of seconds from 10 to 31556926/)
    assert.deepStrictEqual(world.simulator.requests, [])
  })

  it("refuses a life that is none", async () => {
    assertFailed(await get("--expires-in", "10y"), 2, /--expires-in: "10y"\. Expected: seconds, or/)
  })

  it("refuses an empty scope, and none at all", async () => {
    const empty = await world.run(["token", "get", world.merchant, "--scope", ""])
    assertFailed(empty, 2, /scopes must be 1 to 255 characters each/)
    const none = await world.run(["token", "get", world.merchant])
    assertFailed(none, 2, /Missing required flag: --scope\. See: onbehalf token get --help/)
    assert.deepStrictEqual(world.simulator.requests, [])
  })

  it("names the organisation that is not known", async () => {
    const ended = await world.run(["token", "get", "nosuchone", "--scope", "admin"])
    assertFailed(ended, 5, /organisation nosuchone.*\[organisation_unknown\]/)
  })

  it("refuses an id that would climb out of its path", async () => {
    const ended = await world.run(["token", "get", "..", "--scope", "admin"])
    assertFailed(ended, 2, /organisationId must be/)
    assert.deepStrictEqual(world.simulator.requests, [])
  })

  it("never prints a token for somebody else", async () => {
    world.simulator.addFault({ kind: "wrongOrganisation" })
    assertFailed(await get(), 7, /not asked for.*\[wrong_token\]/)
  })

  it("tries again when the upstream is in trouble for a moment", async () => {
    world.simulator.addFault({ kind: "status", status: 503, times: 2 })
    assertSilent(await get())
  })

  it("is told to wait: exit code 6, at once", async () => {
    world.simulator.addFault({ kind: "status", status: 429, retryAfter: 3600 })
    assertFailed(await get(), 6, /Too many requests.*\[rate_limited\]/)
    assert.strictEqual(world.simulator.requests.length, 1)
  })
})
