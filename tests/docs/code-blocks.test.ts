import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { startSimulator } from "@onbehalf/simulator"
import { globSync } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { type CodeBlock, codeBlocks } from "../support/codeBlocks.ts"
import { root, run, runNode } from "../support/process.ts"

const pages = globSync(
  ["*.md", "docs/**/*.md", "packages/*/*.md", "apps/*/*.md", "examples/*/*.md"],
  { cwd: root }
)

/** Pictures, and output that another test compares with what is really printed. */
const notCode = new Set(["text", "console"])

type Run = Awaited<ReturnType<typeof startSimulator>>
const world: { simulator?: Run; folder?: string } = {}

beforeAll(async () => {
  world.simulator = await startSimulator({ port: 0 })
  // Inside the workspace, so that packages are found by their names.
  world.folder = await mkdtemp(join(root, "tests/docs/run-"))
})

afterAll(async () => {
  await world.simulator?.close()
  if (world.folder !== undefined) await rm(world.folder, { recursive: true })
})

const settings = (): Readonly<Record<string, string>> => ({
  NUAPAY_API_KEY: world.simulator?.apiKey ?? "",
  NUAPAY_BASE_URL: world.simulator?.url ?? ""
})

const runTypeScript = async (block: CodeBlock, name: string): Promise<void> => {
  const file = join(world.folder ?? "", `${name}.ts`)
  await writeFile(file, block.code)
  const ended = await runNode([file], { settings: settings() })
  assert.strictEqual(ended.code, 0, ended.stderr)
}

/** By bash, with stand-ins for npm and onbehalf before all else; what is read from the terminal is the key. */
const runShell = async (block: CodeBlock): Promise<void> => {
  const ended = await run("bash", ["-euo", "pipefail", "-c", block.code], {
    settings: {
      ...settings(),
      ONBEHALF_ROOT: root,
      PATH: [join(root, "tests/docs/bin"), dirname(process.execPath), process.env["PATH"]].join(":")
    },
    stdin: `${world.simulator?.apiKey}\n`
  })
  assert.strictEqual(ended.code, 0, ended.stderr)
}

const blocks = pages.flatMap((page) =>
  codeBlocks(join(root, page))
    .filter((block) => !notCode.has(block.language))
    .map((block) => ({ page, block, at: `${page}:${block.line}` }))
)

describe("every code block in the documentation runs", () => {
  it("there are some", () => assert.isAbove(blocks.length, 5))

  const typeScript = blocks.filter(({ block }) => block.language === "ts")

  it.each(typeScript)("$at (ts)", ({ at, block }) =>
    runTypeScript(block, at.replaceAll(/\W/g, "-"))
  )

  it("the TypeScript among them has no type errors", async () => {
    const folder = await mkdtemp(join(root, "tests/docs/run-"))
    try {
      await writeFile(
        join(folder, "tsconfig.json"),
        JSON.stringify({ extends: "../../../tsconfig.base.json", include: ["*.ts"] })
      )
      for (const { at, block } of typeScript) {
        await writeFile(join(folder, `${at.replaceAll(/\W/g, "-")}.ts`), block.code)
      }
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

  it("in a language that is tried here", () => {
    const others = blocks.filter(({ block }) => !["ts", "sh", "json"].includes(block.language))
    assert.deepStrictEqual(
      others.map(({ at }) => at),
      []
    )
  })
})
