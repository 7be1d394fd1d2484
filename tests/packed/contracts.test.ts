import { afterAll, assert, beforeAll, describe, it, onTestFinished } from "@effect/vitest"
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

/** What users hand on as declarations of their own, in which TypeScript can name only what we export. */
const handedOn = `
import { Gatekeeper, Partner, TokenBroker } from "@onbehalf/core"
import { onBehalf } from "@onbehalf/express"
import { Simulator } from "@onbehalf/simulator"
import * as FileStore from "@onbehalf/store-file"
import * as MemoryStore from "@onbehalf/store-memory"
import { fromDriver, make, type PromiseClient } from "@onbehalf/store-redis"
import * as EffectRedis from "@onbehalf/store-redis/EffectRedis"
import { Effect } from "effect"
export const partner = (options: Partner.PartnerOptions) => Partner.make(options)
export const apiKey = Effect.map(Partner.Partner, (partner) => partner.apiKey)
export const broker = Effect.map(TokenBroker.TokenBroker, (broker) => ({ ...broker }))
export const gatekeeper = Effect.map(Gatekeeper.Gatekeeper, (gatekeeper) => ({ ...gatekeeper }))
export const stores = [FileStore.make, MemoryStore.make, make, fromDriver] as const
export const driver = EffectRedis.driver(500)
export const listening = (client: PromiseClient) => client.subscribe
export const simulator = Effect.map(Simulator, (simulator) => simulator.merchants)
export const middleware = onBehalf
`

const check = (folder: string) => run("node_modules/.bin/tsc", ["-p", folder, "--pretty", "false"])

describe("what users build of our values can be declared", () => {
  it("by names that they can import", async () => {
    const folder = await makeFolder()
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, "package.json"), `{ "type": "module" }`)
    await writeFile(join(folder, "handedOn.ts"), handedOn)
    const settings = JSON.parse(await readFile(join(folder, "tsconfig.json"), "utf8"))
    const { noEmit: _, ...compilerOptions } = settings.compilerOptions
    Object.assign(compilerOptions, { declaration: true, emitDeclarationOnly: true })
    const declaring = { compilerOptions, files: ["handedOn.ts"] }
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(declaring))
    assert.strictEqual((await check(folder)).stdout, "")
    // TypeScript writes down what nothing can import, without a word: to others it is `any`.
    assert.notInclude(await readFile(join(folder, "handedOn.d.ts"), "utf8"), "/internal/")
  }, 60_000)
})

describe("a change that breaks users is seen by types alone", () => {
  const state = { folder: "", told: "" }
  beforeAll(async () => {
    state.folder = await makeFolder()
    assert.strictEqual((await check(state.folder)).stdout, "")
    for (const [what, path, was, is] of changes) {
      const file = join(state.folder, "node_modules/@onbehalf", path)
      const text = await readFile(file, "utf8")
      assert.include(text, was, what)
      await writeFile(file, text.replace(was, is))
    }
    state.told = (await check(state.folder)).stdout
  }, 150_000)
  afterAll(() => rm(state.folder, { recursive: true }))

  it.each(changes)("%s", (_what, _path, _was, _is, missing) =>
    assert.match(
      state.told,
      new RegExp(`Type '"${missing.replace("?", "\\?")}"' is not assignable`)
    )
  )
})
