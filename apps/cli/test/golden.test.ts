import { describe, expect, it } from "vitest"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

/** What differs from run to run. */
const settled = (text: string): string =>
  text
    .replaceAll(world.home, "~")
    .replaceAll(world.simulator.url, "http://127.0.0.1:4010")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, "00000000-0000-0000-0000-000000000000")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (time) =>
      time.startsWith("202") && time > "2024" ? "2026-01-01T00:00:00.000Z" : time
    )
    .replaceAll(/\b(10m|9m \d+s)/g, "9m 59s")
    .replaceAll(/("expiresIn": ?)\d+/g, "$1599")
    .replaceAll(/\b24\.\d+\.\d+\b/g, "24.0.0")
    .replaceAll(/holds \d tokens?/g, "holds 1 token")

const commands = [
  ["organisations", "list"],
  ["organisations", "get"],
  ["token", "get"],
  ["token", "own"],
  ["token", "application"],
  ["token", "list"],
  ["token", "inspect"],
  ["token", "revoke"],
  ["api"],
  ["exec"],
  ["watch"],
  ["doctor"],
  ["simulator", "start"],
  ["seal-key", "new"],
  ["config", "show"],
  ["completion"]
]

const check = async (name: string, args: ReadonlyArray<string>): Promise<void> => {
  const { code, stderr, stdout } = await world.run(args)
  const shown = `$ onbehalf ${args.join(" ")}\n${stdout}[stderr]\n${stderr}[exit code ${code}]\n`
  await expect(settled(shown)).toMatchFileSnapshot(`golden/${name}.txt`)
}

describe("what is printed is what was agreed", () => {
  it.each(commands.map((words) => [words.join(" ")]))("help of %s", async (words) => {
    await check(`help/${words.replaceAll(" ", "-")}`, [...words.split(" "), "--help"])
  })

  it("help of all", () => check("help/onbehalf", ["--help"]))

  it("organisations", async () => {
    await check("organisations-list", ["organisations", "list", "--page-size", "3"])
    await check("organisations-list-csv", [
      "organisations",
      "list",
      "--page-size",
      "3",
      "--output",
      "csv"
    ])
    await check("organisations-get", ["organisations", "get", world.merchant])
  })

  it("tokens", async () => {
    await world.run(["token", "get", world.merchant, "--scope", "admin"])
    await check("token-list", ["token", "list"])
    await check("token-list-ndjson", ["token", "list", "--output", "ndjson"])
    await check("doctor", ["doctor"])
    await check("config-show", ["config", "show"])
    await check("token-revoke", ["token", "revoke", world.merchant, "--all"])
  })

  it("failures", async () => {
    await check("failure-usage", ["token", "gett"])
    await check("failure-not-found", ["token", "get", "nosuchone", "--scope", "admin"])
    world.simulator.addFault({ kind: "status", status: 429, retryAfter: 60 })
    await check("failure-rate-limited", ["organisations", "list"])
  })
})
