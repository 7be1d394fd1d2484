import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { globSync } from "node:fs"
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { entries, published } from "../api/report.ts"
import { exported } from "../support/exported.ts"
import { root, run } from "../support/process.ts"
import { nodesOf, parse } from "../support/syntax.ts"

const libraries = published.filter(({ manifest }) => manifest.bin === undefined)

const filesOf = (name: string): ReadonlyArray<string> => {
  const short = name.replace("@onbehalf/", "")
  return globSync(`{${short},${short}-errors,${short}-modules,${short}-words}.ts`, {
    cwd: join(import.meta.dirname, "contracts")
  }).map((file) => join(import.meta.dirname, "contracts", file))
}

describe("a contract names", () => {
  it.each(libraries)("every module and every export of $name", (one) => {
    const written = new Set(
      filesOf(one.name).flatMap((file) =>
        [...nodesOf(parse(file))].flatMap(({ name, type, value }) =>
          type === "Identifier" || type === "Literal" ? [String(name ?? value)] : []
        )
      )
    )
    const modules = [...entries(one).keys()]
      .filter((name) => name !== "./index" && name !== "./request")
      .map((name) => join(one.name, name))
    const wanted = [...modules, ...exported(one).map(({ name }) => name)]
    assert.deepStrictEqual(
      wanted.filter((name) => !written.has(name)),
      []
    )
  })
})

/** What somebody might change without thinking of those who wrote it, and how it is missed. */
const changes = [
  ["an option", "core/dist/PromiseTokenBroker.d.ts", "signal?:", "aborted?:", "signal?"],
  ["a method", "core/dist/PromiseTokenBroker.d.ts", "revokeOwn()", "revokeMine()", "revokeOwn"],
  ["an option, now required", "core/dist/Partner.d.ts", "account?:", "account:", "account?"],
  ["what an error says", "core/dist/TokenError.d.ts", "get hint()", "get advice()", "hint"],
  ["a store's option", "store-redis/dist/RedisStore.d.ts", "prefix?:", "start?:", "prefix?"],
  ["the simulator's", "simulator/dist/Options.d.ts", "seed?:", "start?:", "seed?"],
  [
    "an export",
    "store-memory/dist/index.d.ts",
    " memoryStore }",
    " memoryStore as inMemory }",
    "memoryStore"
  ],
  ["a code", "express/dist/internal/problems.d.ts", "no_merchant:", "nobody:", "no_merchant"],
  ["a word", "core/dist/Health.d.ts", '"degraded" |', '"poor" |', "degraded"]
] as const

/** A folder with the packages as they are published, and with the contracts. */
const makeFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "onbehalf-contracts-"))
  const modules = join(folder, "node_modules")
  await mkdir(join(modules, "@types"), { recursive: true })
  for (const name of ["@types/express", "effect", "express"]) {
    await symlink(join(root, "tests/node_modules", name), join(modules, name))
  }
  await symlink(join(root, "node_modules/@types/node"), join(modules, "@types/node"))
  for (const { folder: from, manifest, name } of libraries) {
    await cp(join(root, from, "dist"), join(modules, name, "dist"), { recursive: true })
    const published = { name, type: "module", exports: manifest.publishConfig?.exports }
    await writeFile(join(modules, name, "package.json"), JSON.stringify(published))
  }
  await cp(join(import.meta.dirname, "contracts"), join(folder, "contracts"), { recursive: true })
  const compilerOptions = {
    target: "es2024",
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noErrorTruncation: true,
    noEmit: true,
    // What the packages themselves need is not all here.
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    types: ["node"]
  }
  const tsconfig = { compilerOptions, include: ["contracts/*.ts"] }
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(tsconfig))
  return folder
}

describe("a change that breaks users is seen by types alone", () => {
  const state = { folder: "", told: "" }
  const check = async () =>
    (await run("node_modules/.bin/tsc", ["-p", state.folder, "--pretty", "false"])).stdout

  beforeAll(async () => {
    state.folder = await makeFolder()
    assert.strictEqual(await check(), "")
    for (const [what, path, was, is] of changes) {
      const file = join(state.folder, "node_modules/@onbehalf", path)
      const text = await readFile(file, "utf8")
      assert.include(text, was, what)
      await writeFile(file, text.replace(was, is))
    }
    state.told = await check()
  }, 150_000)
  afterAll(() => rm(state.folder, { recursive: true }))

  it.each(changes)("%s", (_what, _path, _was, _is, missing) =>
    assert.match(
      state.told,
      new RegExp(`Type '"${missing.replace("?", "\\?")}"' is not assignable`)
    )
  )
})
