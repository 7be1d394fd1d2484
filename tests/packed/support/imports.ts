/** What the files of an unpacked tarball import, next to what its package declares. */
import { globSync, readFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { dirname, join } from "node:path"
import { nodesOf, parse, sourcesOf } from "../../support/syntax.ts"

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, string | null | { readonly types?: string }>>
}

/** Packages that a file of the tarball needs and its manifest does not name, each with that file. */
export const undeclared = (folder: string): ReadonlyArray<string> => {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest
  const { dependencies, name, peerDependencies } = manifest
  const declared = new Set([name, ...Object.keys({ ...dependencies, ...peerDependencies })])
  const unknown = (file: string, names: ReadonlyArray<string>) =>
    names.filter((each) => !declared.has(each)).map((each) => `${file}: ${each}`)
  const files = globSync("dist/**/*.js", { cwd: folder })
  if (files.length === 0) throw new Error(`${name} has no files`)
  return [
    ...files.flatMap((file) => unknown(file, modules(folder, file))),
    // What no type of the package leads to is not looked at by its user's compiler either.
    ...reached(folder, manifest).flatMap((file) =>
      unknown(file, [...modules(folder, file), ...typesOfNode(folder, file)])
    )
  ]
}

/** The packages that a file names. */
const modules = (folder: string, file: string): ReadonlyArray<string> =>
  sourcesOf(parse(join(folder, file)))
    .filter((source) => !/^[./]|^data:/.test(source) && !isBuiltin(source))
    .map((source) => /^(@[^/]+\/)?[^/]+/.exec(source)?.[0] ?? source)

/** The types of Node are a package. */
const typesOfNode = (folder: string, file: string): ReadonlyArray<string> => {
  const tree = parse(join(folder, file))
  const globals = [...nodesOf(tree)].some(
    ({ name, type }) => type === "Identifier" && (name === "Buffer" || name === "NodeJS")
  )
  return globals || sourcesOf(tree).some(isBuiltin) ? ["@types/node"] : []
}

/** The declarations that can be imported, and all that these import. */
const reached = (folder: string, { exports = {} }: Manifest): ReadonlyArray<string> => {
  const found = new Set(
    Object.values(exports).flatMap((target) =>
      typeof target === "object" && target?.types !== undefined
        ? globSync(target.types, { cwd: folder })
        : []
    )
  )
  for (const file of found) {
    for (const source of sourcesOf(parse(join(folder, file)))) {
      if (source.startsWith(".")) {
        found.add(join(dirname(file), source.replace(/\.[jt]s$/, ".d.ts")))
      }
    }
  }
  return [...found]
}
