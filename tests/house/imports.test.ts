import { assert, beforeAll, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"

const root = join(import.meta.dirname, "../..")
const run = promisify(execFile)

const importing = (name: string) => `import * as it from "${name}"\nexport const used = it\n`
const imports = "no-restricted-imports"
const properties = "no-restricted-properties"
const globals = "no-restricted-globals"
const running = (how: string) =>
  `import * as Effect from "effect/Effect"\nexport const ran = Effect.${how}(Effect.void)\n`

/** Where, what, and the rule that refuses it. */
const forbidden: ReadonlyArray<readonly [folder: string, text: string, rule: string]> = [
  ["packages/core/src", importing("node:fs"), imports],
  ["packages/core/src", importing("lru-cache"), imports],
  ["packages/core/src", importing("effect"), imports],
  ["packages/core/src", importing("@onbehalf/store-memory"), imports],
  ["packages/core/src", importing("../../store-memory/src/index.ts"), imports],
  ["packages/core/src", importing("effect/ManagedRuntime"), imports],
  ["packages/core/src/internal", importing("node:crypto"), imports],
  ["packages/core/src/internal", importing("../../../store-memory/src/index.ts"), imports],
  ["packages/store-memory/src", importing("@onbehalf/simulator"), imports],
  ["packages/store-memory/src", importing("@onbehalf/cli"), imports],
  ["packages/store-memory/src", importing("../../core/src/Grant.ts"), imports],
  ["packages/store-memory/src", importing("effect"), imports],
  ["packages/simulator/src", importing("@onbehalf/core"), imports],
  ["packages/simulator/src", importing("../../core/src/Grant.ts"), imports],
  ["packages/simulator/src", importing("@effect/platform-node"), imports],
  ["apps/cli/src", importing("@effect/platform-node"), imports],
  ["packages/core/src", running("runSync"), properties],
  ["packages/store-memory/src", running("runPromise"), properties],
  ["packages/simulator/src", running("runForkWith"), properties],
  ["apps/cli/src", running("runFork"), properties],
  [
    "packages/core/src",
    'import * as E from "effect/Effect"\nexport const ran = E.runSync(E.void)\n',
    properties
  ],
  ["packages/core/src", "export const found = globalThis.process.env\n", properties],
  ["packages/core/src", "export const now = () => Date.now()\n", properties],
  ["packages/core/src", "export const found = process.env\n", globals],
  ["packages/store-memory/src", 'console.log("x")\nexport {}\n', globals],
  ["apps/cli/src/commands", "export const found = process.env\n", globals]
]

const allowed: ReadonlyArray<readonly [folder: string, text: string]> = [
  ["packages/core/src", importing("effect/http/Headers")],
  ["packages/core/src", importing("./internal/wire.ts")],
  ["packages/core/src/internal", importing("../Grant.ts")],
  ["packages/store-memory/src", importing("@onbehalf/core/Grant")],
  ["packages/store-memory/src", importing("lru-cache")],
  ["packages/simulator/src", importing("@effect/platform-node/NodeHttpServer")],
  ["apps/cli/src", importing("@onbehalf/core")]
]

interface Diagnostic {
  readonly code: string
  readonly filename: string
}

const house = { diagnostics: [] as ReadonlyArray<Diagnostic> }

/** All files at once, in a copy of the house that holds the linter's configuration and nothing else. */
beforeAll(async () => {
  const copy = await mkdtemp(join(tmpdir(), "onbehalf-lint-"))
  try {
    await cp(join(root, ".oxlintrc.json"), join(copy, ".oxlintrc.json"))
    const files = [
      ...forbidden.map(
        ([folder, text], index) => [`${folder}/forbidden${index}.ts`, text] as const
      ),
      ...allowed.map(([folder, text], index) => [`${folder}/allowed${index}.ts`, text] as const)
    ]
    for (const [path, text] of files) {
      await mkdir(dirname(join(copy, path)), { recursive: true })
      await writeFile(join(copy, path), text)
    }
    house.diagnostics = await lint(copy)
  } finally {
    await rm(copy, { recursive: true })
  }
}, 60_000)

const lint = async (folder: string): Promise<ReadonlyArray<Diagnostic>> => {
  const oxlint = join(root, "node_modules/.bin/oxlint")
  const output = await run(oxlint, ["--format=json", "packages", "apps"], {
    cwd: folder,
    timeout: 50_000,
    killSignal: "SIGKILL"
  }).catch((error: { readonly stdout: string }) => error)
  return (JSON.parse(output.stdout) as { diagnostics: ReadonlyArray<Diagnostic> }).diagnostics
}

const said = (name: string) =>
  house.diagnostics.filter((one) => one.filename.includes(name)).map((one) => one.code)

describe("who may import whom", () => {
  it.each(forbidden.map(([folder, text, rule], index) => ({ folder, text, rule, index })))(
    "in $folder, refused: $text",
    ({ index, rule }) => {
      assert.include(said(`forbidden${index}.ts`).join(), rule)
    }
  )

  it.each(allowed.map(([folder, text], index) => ({ folder, text, index })))(
    "in $folder, allowed: $text",
    ({ index }) => {
      assert.notInclude(said(`allowed${index}.ts`).join(), "no-restricted")
    }
  )
})
