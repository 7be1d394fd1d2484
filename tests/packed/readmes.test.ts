import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { startSimulator } from "@onbehalf/simulator"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pack, type Packed } from "../../release/pack.ts"
import { sealKey } from "../../packages/store-redis/test/support/backend.ts"
import { missing } from "../../packages/store-redis/test/support/installRedis.ts"
import {
  type RedisServer,
  startRedis
} from "../../packages/store-redis/test/support/redisServer.ts"
import { published } from "../api/report.ts"
import { type CodeBlock, codeBlocks } from "../support/codeBlocks.ts"
import { root } from "../support/process.ts"
import { makeProject } from "./support/project.ts"

/** Each library's own page, and the page that begins all. */
const pages = [
  ...published
    .filter(({ manifest }) => manifest.bin === undefined)
    .map(({ folder }) => `${folder}/README.md`),
  "docs/quick-start.md"
]

interface World {
  packed: ReadonlyArray<Packed>
  folder: string
  redis?: RedisServer
  simulator?: Awaited<ReturnType<typeof startSimulator>>
}
const world: World = { packed: [], folder: "" }

beforeAll(async () => {
  world.folder = await mkdtemp(join(tmpdir(), "onbehalf-readmes-"))
  world.packed = await pack(root, world.folder)
  world.simulator = await startSimulator()
  if (missing === undefined) world.redis = await startRedis()
}, 300_000)

afterAll(async () => {
  await world.simulator?.close()
  await world.redis?.stop()
  await rm(world.folder, { recursive: true })
})

/** What a page tells its reader to install: ours from the tarballs, all else as the registry has it now. */
const installed = (blocks: ReadonlyArray<CodeBlock>): Readonly<Record<string, string>> => {
  const named = blocks
    .filter(({ language }) => language === "sh")
    .flatMap(({ code }) => [...code.matchAll(/^npm install ([^#\n]+)/gm)])
    .flatMap(([, words = ""]) => words.trim().split(/\s+/))
    .filter((word) => !word.startsWith("-"))
  const tarball = (name: string) => world.packed.find((one) => one.name === name)?.tarball
  return Object.fromEntries(named.map((name) => [name, tarball(name) ?? "latest"]))
}

const tsconfig = (types: ReadonlyArray<string>): string =>
  JSON.stringify({
    compilerOptions: {
      target: "es2024",
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      allowImportingTsExtensions: true,
      noEmit: true,
      types
    },
    include: ["*.ts"]
  })

const nameOf = ({ file, line }: CodeBlock): string => file ?? `${line}.ts`

describe("what a page says to install is what its examples need", () => {
  it.each(pages)(
    "%s",
    async (page) => {
      const blocks = codeBlocks(join(root, page))
      const shown = blocks.filter(({ language }) => language === "ts")
      assert.isNotEmpty(shown)
      const dependencies = installed(blocks)
      await using project = await makeProject({
        manager: "pnpm",
        dependencies: { typescript: "7.0.2", ...dependencies },
        files: {
          // As pnpm is by itself: what a package asks its user for is there, but not for that user.
          "pnpm-workspace.yaml": "autoInstallPeers: true\n",
          "tsconfig.json": tsconfig("@types/node" in dependencies ? ["node"] : []),
          ...Object.fromEntries(shown.map((block) => [nameOf(block), block.code]))
        },
        settings: {
          NUAPAY_API_KEY: world.simulator?.apiKey ?? "",
          NUAPAY_BASE_URL: world.simulator?.url ?? "",
          REDIS_URL: world.redis?.url ?? "",
          ONBEHALF_SEAL_KEY: sealKey
        }
      })
      const types = await project.run("node_modules/.bin/tsc", [])
      assert.strictEqual(types.code, 0, types.output)
      for (const block of shown) {
        if (block.code.includes("REDIS_URL") && missing !== undefined) continue
        const args = nameOf(block).endsWith(".test.ts")
          ? ["node_modules/vitest/vitest.mjs", "run", nameOf(block)]
          : [nameOf(block)]
        const ended = await project.run(process.execPath, args)
        assert.strictEqual(ended.code, 0, ended.output)
      }
    },
    240_000
  )
})
