/**
 * `pnpm release:sbom <folder>`: for each package that is published a list of all that comes with it (CycloneDX), named as its tag is. What pnpm
 * knows is what is installed beside a package; what is bundled into the command line comes from the notices that are bundled with it.
 */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { releasable, type Releasable } from "./versions.ts"

export interface Component {
  readonly type: "library"
  readonly group?: string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly "bom-ref": string
  readonly licenses: ReadonlyArray<{ readonly license: { readonly id: string } }>
}

export interface Bill {
  readonly metadata: { readonly component: Component }
  readonly components: ReadonlyArray<Component>
  readonly dependencies: ReadonlyArray<{
    readonly ref: string
    readonly dependsOn: ReadonlyArray<string>
  }>
}

/** The file that a package's bill is kept in. */
export const fileOf = ({ name, version }: Releasable): string =>
  `${name.replace("@", "").replace("/", "-")}@${version}.cdx.json`

/** The bill of a package that is built. */
export const billOf = (repository: string, one: Releasable): Bill => {
  const bill = installed(repository, one)
  const parts = bundled(repository, one)
  const own = bill.metadata.component["bom-ref"]
  const refs = parts.map((part) => part["bom-ref"])
  return {
    ...bill,
    components: [...bill.components, ...parts],
    dependencies: bill.dependencies.map((each) =>
      each.ref === own ? { ...each, dependsOn: [...each.dependsOn, ...refs] } : each
    )
  }
}

const installed = (repository: string, { name }: Releasable): Bill => {
  const args = ["sbom", "--sbom-format", "cyclonedx", "--prod", "--filter", name]
  const output = execFileSync(join(repository, "node_modules/.bin/pnpm"), args, {
    cwd: repository,
    encoding: "utf8",
    timeout: 60_000
  })
  return JSON.parse(output) as Bill
}

/** What a program has inside: the packages whose notices it carries, and ours that it is built with. */
const bundled = (repository: string, { folder }: Releasable): ReadonlyArray<Component> => {
  const notices = join(repository, folder, "dist/THIRD-PARTY-LICENSES.txt")
  if (!existsSync(notices)) return []
  const theirs = [...readFileSync(notices, "utf8").matchAll(/^(\S+) (\d\S*) \((.+)\)$/gm)]
  const manifest = readFileSync(join(repository, folder, "package.json"), "utf8")
  const { devDependencies } = JSON.parse(manifest) as { devDependencies: Record<string, string> }
  const ours = releasable(repository).filter(({ name }) => name in devDependencies)
  return [
    ...ours.map(({ name, version }) => component(name, version, "MIT")),
    ...theirs.map(([, name = "", version = "", licence = ""]) => component(name, version, licence))
  ]
}

const component = (full: string, version: string, licence: string): Component => {
  const [name = full, group] = full.split("/").reverse()
  const purl = `pkg:npm/${full.replace("@", "%40")}@${version}`
  return {
    type: "library",
    ...(group !== undefined && { group }),
    name,
    version,
    purl,
    "bom-ref": purl,
    licenses: [{ license: { id: licence } }]
  }
}

if (import.meta.main) {
  const repository = join(import.meta.dirname, "..")
  const [folder = "bom"] = process.argv.slice(2)
  mkdirSync(folder, { recursive: true })
  for (const one of releasable(repository)) {
    writeFileSync(join(folder, fileOf(one)), JSON.stringify(billOf(repository, one), undefined, 2))
  }
}
