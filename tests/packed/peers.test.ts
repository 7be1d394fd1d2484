import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pack, type Packed } from "../../release/pack.ts"
import { published } from "../api/report.ts"
import { root } from "../support/process.ts"
import { makeProject } from "./support/project.ts"

const world = { folder: "", packed: [] as ReadonlyArray<Packed> }

beforeAll(async () => {
  world.folder = await mkdtemp(join(tmpdir(), "onbehalf-peers-"))
  world.packed = await pack(root, world.folder)
}, 300_000)

afterAll(() => rm(world.folder, { recursive: true }))

/** What vitest wants of its own users. */
const ofVitest = { vite: "^8.0.0", vitest: "^5.1.1" }

describe("with what it asks its user for, and nothing else, no package is without a peer", () => {
  it.each(published)(
    "$name",
    async ({ manifest, name }) => {
      const { peerDependencies = {}, peerDependenciesMeta = {} } = manifest
      const wanted = Object.entries(peerDependencies).filter(
        ([peer]) => peerDependenciesMeta[peer]?.optional !== true
      )
      const tarball = (one: string) => world.packed.find((each) => each.name === one)?.tarball
      const asked = Object.fromEntries(
        [[name, ""] as const, ...wanted].map(([one, range]) => [one, tarball(one) ?? range])
      )
      const dependencies = { ...asked, ...("vitest" in asked && ofVitest) }
      // pnpm refuses where a peer is missing, or of a wrong version.
      await using project = await makeProject({ manager: "pnpm", dependencies, files: {} })
      const { code, output } = await project.run("node", [
        "-p",
        `require.resolve("${name}/package.json")`
      ])
      assert.strictEqual(code, 0, output)
    },
    120_000
  )
})
