import { assert, describe, it } from "@effect/vitest"
import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { parse } from "yaml"
import { root } from "../support/process.ts"
import { repository } from "../support/repository.ts"

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly license?: string
  readonly homepage?: string
  readonly bugs?: string
  readonly description?: string
  readonly keywords?: ReadonlyArray<string>
  readonly repository?: { readonly type: string; readonly url: string; readonly directory?: string }
  readonly type?: string
  readonly sideEffects?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly files?: ReadonlyArray<string>
  readonly exports?: Exports
  readonly publishConfig?: {
    readonly access?: string
    readonly provenance?: boolean
    readonly exports?: Exports
  }
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly engines?: Readonly<Record<string, string>>
}

type Exports = Readonly<Record<string, string | null | Readonly<Record<string, string>>>>

const read = (path: string): Manifest => JSON.parse(readFileSync(join(root, path), "utf8"))

const house = read("package.json")
const paths = globSync(
  ["{packages,apps,examples}/*/package.json", "{tests,bench,docs}/package.json"],
  {
    cwd: root
  }
)
const published = paths.filter((path) => read(path).private !== true)

/** What strangers install. A name that is not here is private. */
const names = [
  "cli",
  "core",
  "express",
  "simulator",
  "store-file",
  "store-memory",
  "store-redis",
  "store-testkit"
].map((name) => `@onbehalf/${name}`)

/** What npm and pnpm run on the machine of whoever installs a package. */
const installScripts = ["preinstall", "install", "postinstall", "prepare", "prepublish"]

/** The form that is published for one of the repository's own: the sources, built. */
const built = (source: string) => ({
  types: source.replace("./src/", "./dist/").replace(/\.ts$/, ".d.ts"),
  default: source.replace("./src/", "./dist/").replace(/\.ts$/, ".js")
})

const { catalog } = parse(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")) as {
  readonly catalog: Readonly<Record<string, string>>
}

const rangeOf = (name: string, range: string | undefined): string | undefined =>
  range === "catalog:" ? catalog[name] : range

type Locked = Readonly<Record<string, string | { readonly version: string }>>

const { importers, snapshots } = parse(readFileSync(join(root, "pnpm-lock.yaml"), "utf8")) as {
  readonly importers: Readonly<Record<string, { readonly dependencies?: Locked }>>
  readonly snapshots: Readonly<Record<string, { readonly dependencies?: Locked }>>
}

/** The packages of Effect's that are installed with one of ours, whoever asks for them. */
const ofEffect = (folder: string): ReadonlyArray<string> => {
  const found = new Set<string>()
  const visit = (dependencies: Locked = {}): void => {
    for (const [name, locked] of Object.entries(dependencies)) {
      if (!name.startsWith("@effect/") || found.has(name)) continue
      found.add(name)
      const version = typeof locked === "string" ? locked : locked.version
      visit(snapshots[`${name}@${version}`]?.dependencies)
    }
  }
  visit(importers[folder]?.dependencies)
  return [...found]
}

describe("what is published", () => {
  it("is the eight packages; all else is private", () => {
    assert.strictEqual(house.private, true)
    assert.sameMembers(
      published.map((path) => read(path).name),
      names
    )
  })

  describe.each(published)("%s", (path) => {
    const own = read(path)
    const folder = dirname(path)

    it("says what it is, where it comes from and under which licence", () => {
      assert.isAbove(own.description?.length ?? 0, 10)
      assert.includeMembers([...(own.keywords ?? [])], ["nuapay", "onbehalf"])
      assert.strictEqual(own.license, "MIT")
      assert.deepStrictEqual(own.repository, {
        type: "git",
        url: house.repository?.url ?? "",
        directory: folder
      })
      assert.strictEqual(own.homepage, `${repository}/tree/main/${folder}#readme`)
      assert.strictEqual(own.bugs, `${repository}/issues`)
      assert.isTrue(existsSync(join(root, folder, "README.md")))
    })

    it("is published to all, with provenance", () => {
      assert.strictEqual(own.publishConfig?.access, "public")
      assert.strictEqual(own.publishConfig?.provenance, true)
    })

    it("is modules without side effects, for Node from 22.23", () => {
      assert.strictEqual(own.type, "module")
      assert.strictEqual(own.sideEffects, false)
      assert.deepStrictEqual(own.engines, { node: ">=22.23" })
    })

    it("runs nothing when it is installed", () => {
      for (const script of installScripts) assert.notProperty(own.scripts ?? {}, script)
    })

    it("holds what was built, its source and its changelog, no tests", () => {
      assert.deepStrictEqual(own.files, [
        "CHANGELOG.md",
        "dist",
        ...(own.bin === undefined ? ["src"] : [])
      ])
      assert.deepStrictEqual(globSync("src/**/*.{test,spec}.ts", { cwd: join(root, folder) }), [])
    })

    it("exports types beside each module, and the same modules here as when published", () => {
      if (own.bin !== undefined) return assert.isUndefined(own.exports)
      const expected = Object.entries(own.exports ?? {}).map(([name, target]) => [
        name,
        typeof target === "string" && target.startsWith("./src/") ? built(target) : target
      ])
      assert.deepStrictEqual(own.publishConfig?.exports, Object.fromEntries(expected))
      for (const target of Object.values(own.exports ?? {})) {
        if (typeof target !== "string" || target.includes("*")) continue
        assert.isTrue(existsSync(join(root, folder, target)), target)
      }
    })

    it("leaves the choice of Effect to its user", () => {
      if (own.bin !== undefined) return assert.deepStrictEqual(own.dependencies ?? {}, {})
      assert.strictEqual(own.peerDependencies?.["effect"], "~4.1.0")
      assert.notProperty(own.dependencies ?? {}, "effect")
    })

    it("asks for ours as peers, and has them to build with", () => {
      for (const group of [own.dependencies, own.peerDependencies]) {
        for (const [name, range] of Object.entries(group ?? {})) {
          if (!name.startsWith("@onbehalf/")) continue
          assert.strictEqual(range, "workspace:^")
          assert.strictEqual(group, own.peerDependencies)
          assert.property(own.devDependencies ?? {}, name)
        }
      }
    })
  })

  // A wider range takes the next minor when it is there, which wants the next minor of effect: with the one that we ask for it does not load.
  it("keeps what it brings of Effect's to one minor, all the way down", () => {
    const found = published.map(dirname).flatMap((folder) => {
      const { dependencies = {} } = read(join(folder, "package.json"))
      return ofEffect(folder).map((name) => [folder, name, rangeOf(name, dependencies[name])])
    })
    assert.isAbove(found.length, 1)
    assert.deepStrictEqual(
      found.filter(([, , range]) => !/^~4\.\d+\.\d+$/.test(range ?? "")),
      []
    )
  })

  it("the middleware takes Express 4 and 5", () => {
    const { peerDependencies } = read("apps/express/package.json")
    assert.strictEqual(peerDependencies?.["express"], "^4.17.0 || ^5.0.0")
  })
})
