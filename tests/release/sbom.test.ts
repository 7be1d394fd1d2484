import { assert, describe, it, onTestFinished } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
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

  it("goes with the tag and the release of its package, and once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "onbehalf-announce-"))
    onTestFinished(() => rm(folder, { recursive: true }))
    await mkdir(join(folder, "bom"))
    for (const one of releasable(root)) await writeFile(join(folder, "bom", fileOf(one)), "{}")
    // The host's own program: the middleware is released already.
    const gh =
      '#!/bin/sh\ncase "$2 $3" in "view @onbehalf/express@"*) ;; create*) echo "$3 $7" ;; *) exit 1 ;; esac\n'
    await writeFile(join(folder, "gh"), gh, { mode: 0o755 })
    const { jobs } = parse(readFileSync(join(root, ".github/workflows/release.yml"), "utf8")) as {
      readonly jobs: Record<string, { readonly steps: ReadonlyArray<{ readonly run?: string }> }>
    }
    const step = jobs["announce"]?.steps.at(-1)?.run ?? ""
    const output = execFileSync("bash", ["-euo", "pipefail", "-c", step], {
      cwd: folder,
      encoding: "utf8",
      timeout: 20_000,
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: `${folder}:${process.env["PATH"]}`, GITHUB_SHA: "abc" }
    })
    const others = releasable(root).filter(({ name }) => name !== "@onbehalf/express")
    assert.sameMembers(
      output.trim().split("\n"),
      others.map((one) => `${one.name}@${one.version} bom/${fileOf(one)}`)
    )
  })
})
