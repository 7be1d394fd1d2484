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
const edges = "house(edges)"
const names = "house(names)"
const globals = "no-restricted-globals"
const running = (how: string) =>
  `import * as Effect from "effect/Effect"\nexport const ran = Effect.${how}(Effect.void)\n`
const naming = (how: string, from: string) =>
  `import { ${how} as go } from "${from}"\nexport const ran = go\n`

const refusedEverywhere: ReadonlyArray<readonly [text: string, rule: string]> = [
  ...["node:process", "process", "node:console", "console", "effect/ManagedRuntime"].map(
    (name) => [importing(name), edges] as const
  ),
  ...["runSync", "runPromise", "runFork", "runCallback", "runPromiseExit", "runForkWith"].flatMap(
    (how) => [[running(how), edges] as const, [naming(how, "effect/Effect"), edges] as const]
  ),
  [naming("ManagedRuntime", "effect"), edges],
  ['import * as E from "effect/Effect"\nexport const ran = E["runSync"](E.void)\n', edges],
  ['import * as E from "effect/Effect"\nexport const { runSync } = E\n', edges],
  ['export { runSync } from "effect/Effect"\n', edges],
  ['export * from "effect/Effect"\n', edges],
  ['export * from "node:process"\n', edges],
  ['export const found = import("node:process")\n', edges],
  ['import found = require("node:process")\nexport { found }\n', edges],
  [importing("./../../store-redis/src/index.ts"), names],
  [importing("./internal/../../../store-redis/src/index.ts"), names],
  [importing("../.."), names],
  [importing("/elsewhere.ts"), names],
  [importing("file:///elsewhere.ts"), names],
  ['export type Found = import("../../store-redis/src/index.ts").Found\n', names],
  ['export const found = import("../../store-redis/src/index.ts")\n', names],
  ["export const found = process.env\n", globals],
  ["export const found = globalThis.process.env\n", globals],
  ['console.log("x")\nexport {}\n', globals],
  ["export const now = () => Date.now()\n", properties]
]

/** Where, what, and the rule that refuses it. */
const forbidden: ReadonlyArray<readonly [folder: string, text: string, rule: string]> = [
  ["packages/core/src", importing("node:fs"), imports],
  ["packages/core/src", importing("lru-cache"), imports],
  ["packages/core/src", importing("effect"), imports],
  ["packages/core/src", importing("@onbehalf/store-memory"), imports],
  ["packages/core/src", importing("../../store-memory/src/index.ts"), names],
  ["packages/core/src", importing("effect/ManagedRuntime"), edges],
  ["packages/core/src/internal", importing("node:crypto"), imports],
  ["packages/core/src/internal", importing("../../../store-memory/src/index.ts"), names],
  ["packages/store-memory/src", importing("@onbehalf/simulator"), imports],
  ["packages/store-memory/src", importing("@onbehalf/cli"), imports],
  ["packages/store-memory/src", importing("../../core/src/Grant.ts"), names],
  ["packages/store-memory/src", importing("effect"), imports],
  ["packages/store-file/src", importing("@onbehalf/store-memory"), imports],
  ["packages/store-file/src/internal", importing("node:process"), edges],
  ["packages/simulator/src", importing("@onbehalf/core"), imports],
  ["packages/simulator/src", importing("../../core/src/Grant.ts"), names],
  ["packages/simulator/src", importing("@effect/platform-node"), imports],
  ["apps/cli/src", importing("@effect/platform-node"), imports],
  ["apps/cli/src/commands", importing("../../../../packages/core/src/Grant.ts"), names],
  ...[
    "packages/core/src",
    "packages/store-memory/src",
    "packages/simulator/src",
    "apps/cli/src"
  ].flatMap((folder) => refusedEverywhere.map(([text, rule]) => [folder, text, rule] as const))
]

const allowed: ReadonlyArray<readonly [folder: string, text: string]> = [
  ["packages/core/src", importing("effect/http/Headers")],
  ["packages/core/src", importing("./internal/wire.ts")],
  ["packages/core/src/internal", importing("../Grant.ts")],
  ["packages/store-memory/src", importing("@onbehalf/core/Grant")],
  ["packages/store-memory/src", importing("lru-cache")],
  ["packages/store-file/src/internal", importing("node:sqlite")],
  ["packages/store-file/src/internal/host.ts", importing("node:process")],
  ["packages/simulator/src", importing("@effect/platform-node/NodeHttpServer")],
  ["packages/simulator/src/internal", importing("../Model.ts")],
  ["apps/cli/src", importing("@onbehalf/core")],
  ["apps/cli/src", importing("../package.json")],
  ["apps/cli/src/main.ts", importing("node:process") + running("runMain")],
  ["packages/core/src/promise.ts", importing("effect/ManagedRuntime") + running("runPromise")],
  [
    "packages/core/src",
    'import * as S from "effect/Stream"\nexport const all = S.runCollect(S.empty)\n'
  ]
]

const pathOf = (folder: string, name: string) =>
  folder.endsWith(".ts") ? folder : `${folder}/${name}.ts`

interface Diagnostic {
  readonly code: string
  readonly filename: string
}

const house = { diagnostics: [] as ReadonlyArray<Diagnostic> }

/** All files at once, in a copy of the house that holds the linter's configuration and nothing else. */
beforeAll(async () => {
  const copy = await mkdtemp(join(tmpdir(), "onbehalf-lint-"))
  try {
    for (const path of [".oxlintrc.json", "tests/house/borders.ts"]) {
      await cp(join(root, path), join(copy, path))
    }
    const files = [
      ...forbidden.map(
        ([folder, text], index) => [pathOf(folder, `forbidden${index}`), text] as const
      ),
      ...allowed.map(([folder, text], index) => [pathOf(folder, `allowed${index}`), text] as const)
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

const said = (path: string) =>
  house.diagnostics.filter((one) => one.filename.endsWith(path)).map((one) => one.code)

describe("who may import whom", () => {
  it.each(forbidden.map(([folder, text, rule], index) => ({ folder, text, rule, index })))(
    "in $folder, refused: $text",
    ({ folder, index, rule }) => {
      assert.include(said(pathOf(folder, `forbidden${index}`)).join(), rule)
    }
  )

  it.each(allowed.map(([folder, text], index) => ({ folder, text, index })))(
    "in $folder, allowed: $text",
    ({ folder, index }) => {
      assert.notMatch(said(pathOf(folder, `allowed${index}`)).join(), /no-restricted|house/)
    }
  )
})
