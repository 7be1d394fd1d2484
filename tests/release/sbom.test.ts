import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import { type Bill, billOf, fileOf } from "../../release/sbom.ts"
import { releasable } from "../../release/versions.ts"
import { root } from "../support/process.ts"

const names = ({ components }: Bill): ReadonlyArray<string> =>
  components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`))

const { packages: locked } = parse(readFileSync(join(root, "pnpm-lock.yaml"), "utf8")) as {
  readonly packages: Record<string, unknown>
}

/** What is certainly there; the licences' own file says all of what is in the program. */
const expected: Readonly<Record<string, ReadonlyArray<string>>> = {
  "@onbehalf/cli": [
    "@onbehalf/core",
    "@onbehalf/store-file",
    "@onbehalf/simulator",
    "@effect/platform-node",
    "cliui",
    "effect",
    "smol-toml",
    "wrap-ansi"
  ],
  "@onbehalf/express": ["lru-cache"],
  "@onbehalf/simulator": ["@effect/platform-node"],
  "@onbehalf/store-testkit": ["@effect/vitest"]
}

describe("the list of what is inside", () => {
  it.each(releasable(root))(
    "$name",
    (one) => {
      const bill = billOf(root, one)
      const { group, name, version } = bill.metadata.component
      assert.deepStrictEqual([`${group}/${name}`, version], [one.name, one.version])
      assert.includeMembers([...names(bill)], [...(expected[one.name] ?? [])])
      const ours = releasable(root).map((each) => `${each.name}@${each.version}`)
      const strange = bill.components
        .map((part, index) => `${names(bill)[index]}@${part.version}`)
        .filter((part) => !(part in locked) && !ours.includes(part))
      assert.deepStrictEqual(strange, [])
      // A reader finds each part from the package: nothing is listed that nothing depends on.
      const wanted = new Set(bill.dependencies.flatMap(({ dependsOn }) => dependsOn))
      for (const part of bill.components) assert.isTrue(wanted.has(part["bom-ref"]), part.purl)
    },
    60_000
  )

  it("holds nothing that is not released", () => {
    const all = releasable(root).flatMap((one) => names(billOf(root, one)))
    for (const name of ["ejs", "express-session", "typedoc"]) assert.notInclude(all, name)
  }, 120_000)

  it("has the name of the tag that it is attached to", () => {
    const one = { name: "@onbehalf/core", version: "0.1.0", folder: "packages/core" }
    assert.strictEqual(fileOf(one), "onbehalf-core@0.1.0.cdx.json")
    const workflow = readFileSync(join(root, ".github/workflows/release.yml"), "utf8")
    assert.include(workflow, 'bom="$(echo "${tag#@}" | tr / -).cdx.json"')
  })
})
