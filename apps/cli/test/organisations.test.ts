import { assert, describe, it } from "@effect/vitest"
import { displayWidth } from "effect/cli/CliOutput"
import { assertFailed, assertSilent } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

interface Listed {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly country: string
}

const world = makeWorld()

const list = async (...args: ReadonlyArray<string>) => {
  const ended = await world.run(["organisations", "list", "--output", "json", ...args])
  return { ...ended, found: JSON.parse(ended.stdout) as ReadonlyArray<Listed> }
}

describe("organisations list", () => {
  it("refuses an id that cannot be one, as every command does", async () => {
    for (const id of ["", "no id"]) {
      const listed = await world.run(["organisations", "list", "--id", id])
      assertFailed(listed, 2, /organisationId must be 1 to 255 letters/)
      const got = await world.run(["organisations", "get", id])
      assert.strictEqual(listed.stderr, got.stderr)
    }
  })

  it("shows the first page as a table and says on stderr that there is more", async () => {
    const { code, stderr, stdout } = await world.run(["organisations", "list"])
    assert.strictEqual(code, 0)
    const [heading, ...rows] = stdout.trimEnd().split("\n")
    assert.match(heading ?? "", /^ID +NAME +STATUS +TYPE +COUNTRY$/)
    assert.strictEqual(rows.length, 20)
    assert.match(
      rows[0] ?? "",
      new RegExp(`^${world.merchant} +Café Sólás .* ACTIVE +MERCHANT +[A-Z]{2}$`)
    )
    assert.strictEqual(
      stderr,
      "onbehalf: page 1 of 7 (121 organisations); --page 2 for the next, --all for all\n"
    )
  })

  it("aligns names in any script", async () => {
    const { stdout } = await world.run(["organisations", "list", "--page-size", "100"])
    const rows = stdout.trimEnd().split("\n").slice(1)
    assert.isTrue(rows.some((row) => row.includes("東京ラーメン")))
    const starts = rows.map((row) =>
      displayWidth(row.slice(0, row.search(/ (ACTIVE|PENDING|DISABLED) /)))
    )
    assert.strictEqual(new Set(starts).size, 1)
  })

  it("filters, in words of the API", async () => {
    const { found } = await list("--country", "ie", "--status", "ACTIVE", "--page-size", "100")
    assert.isAbove(found.length, 0)
    assert.isTrue(found.every(({ country, status }) => country === "IE" && status === "ACTIVE"))
    const named = await list("--name", "Ramen Nobody Has")
    assert.deepStrictEqual(named.found, [])
    assert.strictEqual(named.stderr, "onbehalf: no organisation matches\n")
  })

  it("looks below the first level when told to", async () => {
    const flat = await list("--page-size", "1")
    const deep = await list("--page-size", "1", "--recursive")
    const total = ({ stderr }: { readonly stderr: string }) => Number(/\((\d+) /.exec(stderr)?.[1])
    assert.isAbove(total(deep), total(flat))
  })

  it("takes page and page size", async () => {
    const first = await list("--page-size", "2")
    const second = await list("--page-size", "1", "--page", "2")
    assert.strictEqual(first.found.length, 2)
    assert.deepStrictEqual(second.found, first.found.slice(1))
  })

  it("lists everything with --all, as one JSON array", async () => {
    const ended = await list("--all")
    assertSilent(ended)
    assert.strictEqual(new Set(ended.found.map(({ id }) => id)).size, 121)
    assert.strictEqual(world.simulator.counters["listOrganisations"], 2)
  })

  it("prints each page of --all as it comes: what arrived before a failure is there", async () => {
    world.simulator.addFault({
      kind: "status",
      status: 403,
      after: 1,
      match: { operation: "listOrganisations" }
    })
    const { code, stderr, stdout } = await world.run(["organisations", "list", "--all"])
    assert.strictEqual(stdout.trimEnd().split("\n").length, 101)
    assert.match(stderr, /^onbehalf: Not permitted.*\[forbidden\]\n$/)
    assert.strictEqual(code, 4)
  })

  it("prints no half of an array when nothing arrived", async () => {
    world.simulator.addFault({ kind: "status", status: 403 })
    const ended = await world.run(["organisations", "list", "--all", "--output", "json"])
    assertFailed(ended, 4, /\[forbidden\]/)
  })

  it("refuses what contradicts itself or is out of bounds", async () => {
    const both = await world.run(["organisations", "list", "--all", "--page", "2"])
    assertFailed(both, 2, /leave out --page and --page-size/)
    const huge = await world.run(["organisations", "list", "--page-size", "101"])
    assertFailed(huge, 2, /pageSize must be a whole number from 1 to 100/)
    const land = await world.run(["organisations", "list", "--country", "Ireland"])
    assertFailed(land, 2, /--country: "Ireland"\. Expected: two letters/)
    assert.deepStrictEqual(world.simulator.requests, [])
  })
})
