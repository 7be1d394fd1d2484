import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import { root } from "../support/process.ts"

const text = (path: string): string => readFileSync(join(root, path), "utf8")
const pnpm = join(root, "node_modules/.bin/pnpm")

/** Licences that ask for nothing but their own text. MPL and LGPL are for tools, which go nowhere. */
const permissive = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "CC-BY-3.0",
  "CC-BY-4.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Python-2.0",
  "Unlicense",
  "Zlib"
])
const forTools = new Set([...permissive, "LGPL-3.0-or-later", "MPL-2.0", "WTFPL"])

/** Whether one of the licences that may be chosen, or all that hold together, are in a set. */
const within = (expression: string, allowed: ReadonlySet<string>): boolean =>
  expression
    .replaceAll(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((one) => allowed.has(one.trim())))

/** The test kit brings vitest, a tool of whoever writes a store. */
const library = ["core", "express", "simulator", "store-file", "store-memory", "store-redis"]

const licences = (...args: ReadonlyArray<string>) => {
  const output = execFileSync(pnpm, ["licenses", "list", "--recursive", "--json", ...args], {
    cwd: root,
    encoding: "utf8",
    timeout: 30_000,
    maxBuffer: 64 * 1024 * 1024
  })
  const found = JSON.parse(output) as Record<string, ReadonlyArray<{ readonly name: string }>>
  return Object.entries(found).map(([licence, all]) => ({
    licence,
    names: all.map(({ name }) => name)
  }))
}

describe("licences", () => {
  it("of what strangers get with our packages", () => {
    const found = licences("--prod", ...library.map((name) => `--filter=@onbehalf/${name}`))
    assert.isNotEmpty(found)
    assert.deepStrictEqual(
      found.filter(({ licence }) => !within(licence, permissive)),
      []
    )
  })

  it("of the tools", () => {
    const found = licences()
    assert.isAbove(found.flatMap(({ names }) => names).length, 200)
    assert.deepStrictEqual(
      found.filter(({ licence }) => !within(licence, forTools)),
      []
    )
  })

  it("a choice needs one that is allowed, a combination all", () => {
    assert.isTrue(within("(MIT OR GPL-3.0)", permissive))
    assert.isFalse(within("MIT AND GPL-3.0", permissive))
    assert.isFalse(within("Unknown", permissive))
  })
})

describe("the lockfile", () => {
  const { packages } = parse(text("pnpm-lock.yaml")) as {
    packages: Record<string, { readonly resolution: Readonly<Record<string, string>> }>
  }

  it("has every package from the registry, by its hash", () => {
    assert.isAbove(Object.keys(packages).length, 200)
    for (const [name, { resolution }] of Object.entries(packages)) {
      assert.deepStrictEqual(Object.keys(resolution), ["integrity"], name)
      assert.match(resolution["integrity"] ?? "", /^sha512-/, name)
    }
  })

  it("names no registry, and only the two that must run a script at install", () => {
    assert.notMatch(text("pnpm-lock.yaml"), /https?:\/\//)
    const settings = parse(text("pnpm-workspace.yaml")) as { allowBuilds: Record<string, boolean> }
    const allowed = Object.entries(settings.allowBuilds).filter(([, may]) => may)
    assert.deepStrictEqual(
      allowed.map(([name]) => name),
      ["node", "pnpm"]
    )
  })

  it("is the only one", () => {
    for (const other of ["package-lock.json", "yarn.lock", "bun.lock"]) {
      assert.isFalse(existsSync(join(root, other)), other)
    }
  })
})

interface Job {
  readonly needs?: string
  readonly permissions: Readonly<Record<string, string>>
  readonly environment?: string
  readonly steps: ReadonlyArray<Step>
}

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
  readonly with?: Readonly<Record<string, unknown>>
}

interface Workflow {
  readonly permissions: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

const runsOf = (job: Job | undefined): ReadonlyArray<string> =>
  (job?.steps ?? []).flatMap(({ run }) => run ?? [])

describe.each(globSync(".github/workflows/*.yml", { cwd: root }))("%s", (path) => {
  const workflow = parse(text(path)) as Workflow

  it("pins every action to a commit, and says which version that is", () => {
    const used = [...text(path).matchAll(/uses: (.+)$/gm)].map(([, what]) => what)
    assert.isNotEmpty(used)
    for (const one of used)
      assert.match(one ?? "", /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it("has no long-lived secret, and each job says what it may do", () => {
    assert.notMatch(text(path), /secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN/)
    assert.deepStrictEqual(workflow.permissions, {})
    for (const [name, job] of Object.entries(workflow.jobs)) assert.isObject(job.permissions, name)
  })

  it("publishes only what passed the tests, the whole matrix of strangers and a rehearsal", () => {
    assert.deepStrictEqual(runsOf(workflow.jobs["build"]), [
      "npm test",
      "npx pnpm packed",
      "npx pnpm release:dry",
      "npx pnpm release:pack tarballs",
      "npx pnpm release:sbom bom"
    ])
    assert.strictEqual(workflow.jobs["publish"]?.needs, "build")
    assert.strictEqual(workflow.jobs["announce"]?.needs, "publish")
  })

  it("each job may do what it must, and no more", () => {
    const permissions = Object.entries(workflow.jobs).map(([name, job]) => [name, job.permissions])
    assert.deepStrictEqual(Object.fromEntries(permissions), {
      plan: { contents: "read" },
      propose: { contents: "write", "pull-requests": "write" },
      build: { contents: "read" },
      publish: { contents: "read", "id-token": "write" },
      announce: { contents: "write" }
    })
    assert.strictEqual(workflow.jobs["publish"]?.environment, "npm")
  })

  it("what has the identity that publishes, or tags, runs nothing that others wrote", () => {
    assert.deepStrictEqual(runsOf(workflow.jobs["publish"]), ["node release/publish.ts tarballs"])
    for (const name of ["publish", "announce"]) {
      for (const run of runsOf(workflow.jobs[name])) assert.notMatch(run, /npx|pnpm|npm (ci|i)/)
    }
    const sources = ["publish", "pack", "versions"].map((name) => text(`release/${name}.ts`))
    for (const source of sources) assert.notMatch(source, /from "(?!node:|\.\/)/)
  })

  it("leaves no token behind where packages are installed", () => {
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)
    for (const { uses, with: options } of steps) {
      if (uses?.startsWith("actions/checkout@"))
        assert.strictEqual(options?.["persist-credentials"], false)
    }
    const given = steps.filter(({ env }) => env !== undefined)
    for (const { run } of given) assert.notMatch(run ?? "", /pnpm|npx|npm /)
  })

  it("runs scripts that exist", () => {
    const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> }
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)
    const named = steps.flatMap(({ run }) => [
      ...(run ?? "").matchAll(/(?:npm|pnpm) (test|packed|release\S*)/g)
    ])
    assert.isNotEmpty(named)
    for (const [, name = ""] of named) assert.property(scripts, name)
  })
})
