import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { startSimulator } from "@onbehalf/simulator"
import { globSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { sealKey } from "../../packages/store-redis/test/support/backend.ts"
import { missing } from "../../packages/store-redis/test/support/installRedis.ts"
import {
  type RedisServer,
  startRedis
} from "../../packages/store-redis/test/support/redisServer.ts"
import { type CodeBlock, codeBlocks } from "../support/codeBlocks.ts"
import { root, run, runNode } from "../support/process.ts"

const pages = globSync(
  ["*.md", "docs/**/*.md", "packages/*/*.md", "apps/*/*.md", "examples/*/*.md"],
  { cwd: root }
)

/**
 * Pictures, and a user's rights, which the Redis store's tests give to one; output that another test compares with what is really printed
 * (`sessions`, `main-job`).
 */
const notCode = new Set(["text", "console"])

type Run = Awaited<ReturnType<typeof startSimulator>>
const world: { simulator?: Run; redis?: RedisServer; folder?: string } = {}

beforeAll(async () => {
  world.simulator = await startSimulator({ port: 0 })
  if (missing === undefined) world.redis = await startRedis()
  // Inside the workspace, so that packages are found by their names.
  world.folder = await mkdtemp(join(root, "tests/docs/run-"))
})

afterAll(async () => {
  await world.simulator?.close()
  await world.redis?.stop()
  if (world.folder !== undefined) await rm(world.folder, { recursive: true })
})

const settings = (): Readonly<Record<string, string>> => ({
  NUAPAY_API_KEY: world.simulator?.apiKey ?? "",
  NUAPAY_BASE_URL: world.simulator?.url ?? "",
  REDIS_URL: world.redis?.url ?? "",
  ONBEHALF_SEAL_KEY: sealKey
})

/** Writes a block into the page's own folder, where blocks with names find each other. */
const write = async (folder: string, { block, page }: Found): Promise<string> => {
  const file = join(folder, nameOf(page), block.file ?? `${block.line}.ts`)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, block.code)
  return file
}

/** A test by vitest, as its reader runs it; anything else by Node. */
const runTypeScript = async (found: Found): Promise<void> => {
  const folder = world.folder ?? ""
  for (const other of typeScript) {
    if (other.page === found.page && other.block.file !== undefined) await write(folder, other)
  }
  const file = await write(folder, found)
  const args = file.endsWith(".test.ts")
    ? ["node_modules/vitest/vitest.mjs", "run", `--root=${dirname(file)}`]
    : [file]
  const ended = await runNode(args, { settings: settings() })
  assert.strictEqual(ended.code, 0, ended.stdout + ended.stderr)
}

/** By bash, with stand-ins for npm and onbehalf before all else; what is read from the terminal is the key. */
const runShell = async (block: CodeBlock): Promise<void> => {
  const ended = await run("bash", ["-euo", "pipefail", "-c", block.code], {
    settings: {
      ...settings(),
      ONBEHALF_ROOT: root,
      HOME: world.folder ?? "",
      PATH: [join(root, "tests/docs/bin"), dirname(process.execPath), process.env["PATH"]].join(":")
    },
    stdin: `${world.simulator?.apiKey}\n`
  })
  assert.strictEqual(ended.code, 0, ended.stderr)
}

/** The command line's settings, and each file that they name. */
const writeSettings = async (home: string, toml: string): Promise<void> => {
  const folder = join(home, ".config/onbehalf")
  const named = [...toml.matchAll(/_file = "([^"]+)"/g)].map(([, path = ""]) =>
    path.startsWith("~") ? path.replace("~", home) : join(folder, path)
  )
  for (const file of named) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(file, "a-key", { mode: 0o600 })
  }
  await writeFile(join(folder, "config.toml"), toml)
}

interface Found {
  readonly page: string
  readonly block: CodeBlock
  readonly at: string
}

const nameOf = (page: string): string => page.replaceAll(/\W/g, "-")

const blocks: ReadonlyArray<Found> = pages.flatMap((page) =>
  codeBlocks(join(root, page))
    .filter((block) => !notCode.has(block.language))
    .map((block) => ({ page, block, at: `${page}:${block.line}` }))
)

const typeScript = blocks.filter(({ block }) => block.language === "ts")

describe("every code block in the documentation runs", () => {
  it("there are some", () => assert.isAbove(blocks.length, 5))

  const [withRedis, withoutRedis] = [true, false].map((needs) =>
    typeScript.filter(({ block }) => block.code.includes("REDIS_URL") === needs)
  )
  it.each(withoutRedis ?? [])("$at (ts)", runTypeScript, 60_000)
  it.skipIf(missing !== undefined).each(withRedis ?? [])(
    `$at (ts)${missing === undefined ? "" : `: ${missing}`}`,
    runTypeScript,
    60_000
  )

  it("the TypeScript among them has no type errors", async () => {
    const folder = await mkdtemp(join(root, "tests/docs/run-"))
    try {
      await writeFile(
        join(folder, "tsconfig.json"),
        JSON.stringify({ extends: "../../../tsconfig.base.json", include: ["**/*.ts"] })
      )
      for (const found of typeScript) await write(folder, found)
      const ended = await run("node_modules/.bin/tsc", ["-p", folder])
      assert.strictEqual(ended.code, 0, ended.stdout)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it.each(blocks.filter(({ block }) => block.language === "sh"))("$at (sh)", ({ block }) =>
    runShell(block)
  )

  it.each(blocks.filter(({ block }) => block.language === "json"))("$at (json)", ({ block }) => {
    JSON.parse(block.code)
  })

  it.each(blocks.filter(({ block }) => block.language === "toml"))("$at (toml)", async (found) => {
    const home = await mkdtemp(join(world.folder ?? "", "home-"))
    await writeSettings(home, found.block.code)
    const profiles = [...found.block.code.matchAll(/^\[profiles\.(\w+)\]$/gm)]
    assert.isNotEmpty(profiles)
    for (const [, profile = ""] of profiles) {
      const shown = await runNode(
        ["apps/cli/dist/onbehalf.js", "config", "show", "--profile", profile, "--output", "json"],
        { settings: { HOME: home } }
      )
      assert.strictEqual(shown.code, 0, shown.stderr)
      assert.include(shown.stdout, profile)
    }
  })

  it("a picture holds nothing that could be run", () => {
    const pictures = pages.flatMap((page) =>
      codeBlocks(join(root, page)).filter(({ language }) => language === "text")
    )
    assert.isNotEmpty(pictures)
    for (const { code } of pictures) {
      assert.notMatch(code, /^\s*(\$|npm|npx|onbehalf|curl|import|export|\w+ =) /m)
    }
  })

  it("in a language that is tried here", () => {
    const tried = ["ts", "sh", "json", "toml"]
    const others = blocks.filter(({ block }) => !tried.includes(block.language))
    assert.deepStrictEqual(
      others.map(({ at }) => at),
      []
    )
  })
})
