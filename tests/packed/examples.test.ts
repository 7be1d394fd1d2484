import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { cp, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { parse } from "yaml"
import { pack, type Packed } from "../../release/pack.ts"
import { root } from "../support/process.ts"
import { makeProject } from "./support/project.ts"

/** Those in TypeScript; the shell's has nothing to check. */
const examples = globSync("examples/*/tsconfig.json", { cwd: root }).map(dirname)

const { catalog } = parse(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")) as {
  readonly catalog: Readonly<Record<string, string>>
}

const world = { folder: "", packed: [] as ReadonlyArray<Packed> }

beforeAll(async () => {
  world.folder = await mkdtemp(join(tmpdir(), "onbehalf-examples-"))
  world.packed = await pack(root, world.folder)
}, 300_000)

afterAll(() => rm(world.folder, { recursive: true }))

/** An example's manifest with versions in place of what only this repository knows. */
const manifest = (example: string): string =>
  readFileSync(join(root, example, "package.json"), "utf8").replace(
    /"([^"]+)": "(workspace|catalog):.*?"/g,
    (_, name: string) => {
      const tarball = world.packed.find((one) => one.name === name)?.tarball
      return `"${name}": "${tarball ?? catalog[name]}"`
    }
  )

describe("copied out alone, with versions in its manifest, an example has all that it needs", () => {
  it.each(examples)(
    "%s",
    async (example) => {
      await using project = await makeProject({
        manager: "pnpm",
        dependencies: {},
        files: {
          "pnpm-workspace.yaml": "autoInstallPeers: true\n",
          "package.json": manifest(example)
        }
      })
      await cp(join(root, example), project.folder, {
        recursive: true,
        filter: (path) => !["node_modules", "package.json"].includes(basename(path))
      })
      const types = await project.run("node_modules/.bin/tsc", ["-p", "."])
      assert.strictEqual(types.code, 0, types.output)
      if (globSync("*.test.ts", { cwd: project.folder }).length === 0) return
      const tested = await project.run("node_modules/.bin/vitest", ["run"])
      assert.strictEqual(tested.code, 0, tested.output)
    },
    120_000
  )
})
