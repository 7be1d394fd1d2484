/** What a package promises its users, as text: its declarations without their comments, or the help of its program. */
import { execFileSync } from "node:child_process"
import { globSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { root } from "../support/process.ts"
import { surface } from "./surface.ts"

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly publishConfig?: {
    readonly exports?: Readonly<Record<string, string | null | { readonly types: string }>>
  }
}

export interface Published {
  readonly name: string
  /** Within the repository. */
  readonly folder: string
  readonly manifest: Manifest
  /** Where its report is kept. */
  readonly report: string
}

export const published: ReadonlyArray<Published> = globSync("{packages,apps}/*/package.json", {
  cwd: root
})
  .sort()
  .map((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest
    const report = `api/${manifest.name.replace("@onbehalf/", "")}.txt`
    return { name: manifest.name, folder: dirname(path), manifest, report }
  })
  .filter(({ manifest }) => manifest.private !== true)

/** The built declarations behind each name that can be imported, by that name. */
export const entries = ({ folder, manifest }: Published): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const [name, target] of Object.entries(manifest.publishConfig?.exports ?? {})) {
    if (target === null || typeof target === "string") continue
    for (const file of globSync(target.types, { cwd: join(root, folder) }).sort()) {
      const module = file.replace(/^dist\//, "").replace(/\.d\.ts$/, "")
      found.set(name === "./*" ? `./${module}` : name, join(folder, file))
    }
  }
  return found
}

const modules = (one: Published): string => {
  const names = entries(one)
  const listed = [...names].map(([name, file]) => `${name}  ${file.replace(`${one.folder}/`, "")}`)
  const files = [...surface([...names.values()].map((file) => join(root, file)))]
    .map(
      ([file, text]) => `== ${relative(join(root, one.folder), file)}

${text}`
    )
    .sort()
  return [listed.join("\n"), ...files].join("\n\n")
}

/** The help of a command and of all below it. */
const help = (program: string, words: ReadonlyArray<string>): string => {
  const text = execFileSync(process.execPath, [program, ...words, "--help"], {
    encoding: "utf8",
    timeout: 20_000,
    env: { PATH: process.env["PATH"], NO_COLOR: "1" }
  }).trim()
  const [, list = ""] = /^SUBCOMMANDS\n((?: .*\n?)+)/m.exec(text) ?? []
  const below = [...list.matchAll(/^ {2}(\S+)/gm)].map(([, word = ""]) => [...words, word])
  return [
    `== onbehalf ${words.join(" ")}\n\n${text}`,
    ...below.map((one) => help(program, one))
  ].join("\n\n")
}

export const reportOf = (one: Published): string => {
  const [program] = Object.values(one.manifest.bin ?? {})
  const text = program === undefined ? modules(one) : help(join(root, one.folder, program), [])
  return `${one.name}\n\n${text}\n`
}
