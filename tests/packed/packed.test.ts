import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { startSimulator } from "@onbehalf/simulator"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pack, type Packed } from "../../release/pack.ts"
import { published } from "../api/report.ts"
import { sealKey } from "../../packages/store-redis/test/support/backend.ts"
import { missing } from "../../packages/store-redis/test/support/installRedis.ts"
import {
  type RedisServer,
  startRedis
} from "../../packages/store-redis/test/support/redisServer.ts"
import { root, run } from "../support/process.ts"
import { exampleFiles } from "./support/examples.ts"
import { undeclared } from "./support/imports.ts"
import { budgets, sizeOf } from "./support/size.ts"
import { type Outcome, makeProject, type Project } from "./support/project.ts"
import { dependencies, files, typesOnly } from "./support/programs.ts"

/** The whole matrix is `pnpm packed`; here are the two ends of it. */
const full = process.env["PACKED"] === "full"

const combinations = [
  { manager: "npm", express: "^5.0.0" },
  { manager: "pnpm", express: "4.17.0" },
  ...(full
    ? ([
        { manager: "npm", express: "^4.21.0" },
        { manager: "pnpm", express: "^5.0.0" }
      ] as const)
    : [])
] as const

/** The floor, the one of this repository, and the newest; as the registry has them. */
const nodes = full ? ["22.23.0", "24", "26.10.0"] : ["24"]

interface World {
  packed: ReadonlyArray<Packed>
  folder: string
  redis?: RedisServer
  simulator?: Awaited<ReturnType<typeof startSimulator>>
  nodes: Record<string, string>
  nodeProjects: Array<Project>
}
const world: World = { packed: [], folder: "", nodes: { 24: process.execPath }, nodeProjects: [] }

const installNode = async (version: string) => {
  const name = `node-${process.platform}-${process.arch}`
  const project = await makeProject({
    manager: "npm",
    dependencies: { [name]: version },
    files: {}
  })
  world.nodeProjects.push(project)
  world.nodes[version] = join(project.folder, "node_modules", name, "bin/node")
}

beforeAll(async () => {
  world.folder = await mkdtemp(join(tmpdir(), "onbehalf-packed-"))
  world.packed = await pack(root, world.folder)
  if (missing === undefined) world.redis = await startRedis()
  world.simulator = await startSimulator({ port: 0 })
  for (const version of nodes) if (version !== "24") await installNode(version)
}, 300_000)

afterAll(async () => {
  await world.simulator?.close()
  await world.redis?.stop()
  for (const project of world.nodeProjects) await project[Symbol.asyncDispose]()
  await rm(world.folder, { recursive: true })
})

const settings = (): Record<string, string> => ({
  NUAPAY_API_KEY: world.simulator?.apiKey ?? "",
  NUAPAY_BASE_URL: world.simulator?.url ?? "",
  REDIS_URL: world.redis?.url ?? "",
  ONBEHALF_SEAL_KEY: sealKey,
  NO_COLOR: "1"
})

const ended = ({ code, output }: Outcome, expected?: string) => {
  assert.strictEqual(code, 0, output)
  if (expected !== undefined) assert.strictEqual(output.trim(), expected)
}

describe.each(published)("the tarball of $name", (one) => {
  const tarball = () => world.packed.find(({ name }) => name === one.name)?.tarball ?? ""
  const lint = (program: string, ...args: ReadonlyArray<string>) =>
    run(`tests/node_modules/.bin/${program}`, [...args, tarball()])

  it("holds a licence, a README, what was built and its source, and nothing else", async () => {
    const listed = await run("tar", ["-tzf", tarball()])
    const files = listed.stdout.trim().split("\n")
    assert.includeMembers(files, ["package/LICENSE", "package/README.md", "package/package.json"])
    const strange = files.filter(
      (file) =>
        !/^package\/(CHANGELOG\.md|LICENSE|README\.md|package\.json|(dist|src)\/[\w/.-]+)$/.test(
          file
        )
    )
    assert.deepStrictEqual(strange, [])
    assert.notMatch(listed.stdout, /test\.|\.tsbuildinfo/)
  })

  it("imports nothing that it does not declare, in its types neither", async () => {
    const folder = await mkdtemp(join(world.folder, "unpacked-"))
    await run("tar", ["-xzf", tarball(), "-C", folder])
    assert.deepStrictEqual(undeclared(join(folder, "package")), [])
  })

  it("has a source behind every source map", async () => {
    const { stdout } = await run("tar", ["-tzf", tarball()])
    const files = new Set(stdout.trim().split("\n"))
    const maps = [...files].filter((file) => file.endsWith(".map"))
    assert.isNotEmpty(maps)
    // A program's lead to names and lines in this repository, for who reads a stack trace.
    if (one.manifest.bin !== undefined) {
      const programs = [...files].filter((file) => /\.c?js$/.test(file))
      assert.sameMembers(
        maps,
        programs.map((file) => `${file}.map`)
      )
      return assert.include([...files], "package/dist/THIRD-PARTY-LICENSES.txt")
    }
    for (const map of maps) {
      const source = map.replace("/dist/", "/src/").replace(/(\.d)?\.[jt]s\.map$/, ".ts")
      assert.isTrue(files.has(source), map)
    }
  })

  it("has nothing that publint or attw would change", async () => {
    const linted = await lint("publint", "--strict")
    assert.strictEqual(linted.code, 0, linted.stdout)
    if (one.manifest.bin !== undefined) return
    // Modules only: what Node 20 and TypeScript's oldest resolution would want is not offered.
    const types = await lint("attw", "--profile", "esm-only", "--format", "ascii")
    assert.strictEqual(types.code, 0, types.stdout)
  }, 60_000)

  it("keeps its budget", async () => {
    const size = await sizeOf(one)
    const budget = budgets[one.name] ?? assert.fail("it has none")
    for (const measure of ["minified", "compressed"] as const) {
      assert.isAtMost(size[measure], budget[measure], measure)
      // A budget far above what is used guards nothing.
      assert.isAbove(size[measure], budget[measure] * 0.8, measure)
    }
  })
})

describe.each(combinations)("installed by $manager, with Express $express", (combination) => {
  const { express, manager } = combination
  const state: { project?: Project } = {}
  const inside = (program: string, ...args: ReadonlyArray<string>): Promise<Outcome> =>
    state.project?.run(program, args) ?? Promise.reject(new Error("there is no project"))

  beforeAll(async () => {
    const packages = world.packed.map(({ name, tarball }) => ({ name, from: `file:${tarball}` }))
    state.project = await makeProject({
      manager,
      dependencies: dependencies(packages, express, manager),
      files: { ...files, ...exampleFiles() },
      settings: settings()
    })
  }, 180_000)

  afterAll(() => state.project?.[Symbol.asyncDispose]())

  /** Starts an app, asks it as a browser would, and stops it as a host would. */
  const tryExpress = async (name: string): Promise<void> => {
    const merchant = world.simulator?.merchants[0]?.id ?? ""
    const child = spawn(process.execPath, [`examples/${name}/app.ts`], {
      cwd: state.project?.folder,
      env: { ...state.project?.env, MERCHANT: merchant, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
      timeout: 50_000
    })
    const exit = once(child, "exit")
    try {
      const [line] = (await once(child.stdout, "data")) as [Buffer]
      const url = `${line.toString().trim()}/payments/mandates`
      assert.strictEqual((await fetch(url)).status, 401)
      const answer = await fetch(url, { headers: { cookie: "session=s1" } })
      const { data } = (await answer.json()) as {
        data: ReadonlyArray<{ readonly organisationId: string }>
      }
      assert.isNotEmpty(data)
      for (const { organisationId } of data) assert.strictEqual(organisationId, merchant)
    } finally {
      child.kill("SIGTERM")
    }
    assert.deepStrictEqual(await exit, [0, null])
  }

  it.each(["nodenext", "bundler"])(
    "types hold, those of libraries too: %s",
    async (how) => ended(await inside("node_modules/.bin/tsc", "-p", `tsconfig.${how}.json`)),
    120_000
  )

  describe.each(nodes)("Node %s", (version) => {
    const node = (...args: ReadonlyArray<string>) => inside(world.nodes[version] ?? "", ...args)

    it("is the one that was asked for", async () =>
      assert.include((await node("--version")).output, `v${version}`))

    it("every module loads by import, with what its package declares", async () =>
      ended(await node("importAll.js"), typesOnly.join()))

    it("every module loads by require", async () =>
      ended(await node("requireAll.cjs"), typesOnly.join()))

    it("the middleware's first lines work", async () =>
      ended(await node("tryApp.js"), "401 200 true"))

    it("so does an app without modules", async () =>
      ended(await node("tryCommonJs.js"), "401 200 true"))

    it("so does a broker in plain Node", async () => ended(await node("broker.ts"), "200"))

    it("so does a program in Effect that composes the layers", async () => {
      const outcome = await node("effect.ts")
      ended(outcome)
      assert.strictEqual(outcome.output.match(/ 200$/gm)?.length, 3)
    })

    it("so does the command line", async () => {
      const program = "node_modules/@onbehalf/cli/dist/onbehalf.js"
      const listed = await node(program, "organisations", "list", "--output", "json")
      ended(listed)
      assert.isAbove((JSON.parse(listed.output) as ReadonlyArray<unknown>).length, 5)
    })
  })

  describe("examples", () => {
    it("in Effect", async () => {
      const outcome = await inside(process.execPath, "examples/effect-service/service.ts")
      ended(outcome)
      assert.strictEqual(outcome.output.match(/ mandates$/gm)?.length, 3)
    })

    it("in a shell script", async () => {
      const script = "examples/shell/mandates.sh"
      const outcome = await inside("npx", "--no-install", "-c", `bash ${script} .`)
      ended(outcome)
      const merchants = outcome.output.trim().split("\n")
      assert.lengthOf(merchants, 3)
      for (const merchant of merchants) {
        const file = join(state.project?.folder ?? "", `${merchant}.json`)
        const { data } = JSON.parse(await readFile(file, "utf8")) as {
          data: ReadonlyArray<{ readonly organisationId: string }>
        }
        assert.isNotEmpty(data)
        for (const { organisationId } of data) assert.strictEqual(organisationId, merchant)
      }
    })

    it("a test with the simulator", async () => {
      const outcome = await inside(
        "node_modules/.bin/vitest",
        "run",
        "--root",
        "examples/test-with-simulator"
      )
      ended(outcome)
      assert.include(outcome.output, "3 passed")
    }, 60_000)

    it("Express with tokens in memory", () => tryExpress("express-memory"), 60_000)

    it.skipIf(missing !== undefined)(
      `Express with tokens in Redis${missing === undefined ? "" : `: ${missing}`}`,
      () => tryExpress("express-redis"),
      60_000
    )
  })

  it("the command line is there by its name", async () => {
    const cli = world.packed.find(({ name }) => name === "@onbehalf/cli")
    const said = await inside("npx", "--no-install", "onbehalf", "--version")
    ended(said)
    assert.include(said.output, cli?.version ?? "unknown")
  })
})
