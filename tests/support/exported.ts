/** What users of a package can name, as it is built: declarations with their docstrings. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { entries, type Published } from "../api/report.ts"
import { root } from "./process.ts"
import { parse, type SyntaxNode } from "./syntax.ts"

export interface Exported {
  /** Within the repository. */
  readonly at: string
  readonly name: string
  readonly docstring: string
  readonly declaration: SyntaxNode
  readonly members: ReadonlyArray<Member>
}

/** A property or a method of an interface. */
export interface Member {
  readonly name: string
  readonly docstring: string
  readonly optional: boolean
  readonly node: SyntaxNode
}

const nodes = (value: unknown): ReadonlyArray<SyntaxNode> =>
  (value ?? []) as ReadonlyArray<SyntaxNode>
const nameOf = (value: unknown): string => {
  const name = (value as SyntaxNode | undefined)?.["name"]
  return typeof name === "string" ? name : ""
}

/** The comment that ends where something begins. */
const before = (text: string, start: number): string =>
  /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(text.slice(0, start))?.[0] ?? ""

const membersOf = (text: string, declaration: SyntaxNode): ReadonlyArray<Member> =>
  declaration.type === "TSInterfaceDeclaration"
    ? nodes((declaration["body"] as SyntaxNode)["body"]).map((node) => ({
        name: nameOf(node["key"]),
        docstring: before(text, node.start),
        optional: node["optional"] === true,
        node
      }))
    : []

/** What a module declares and exports. */
const exportsOf = (file: string): ReadonlyArray<Exported> => {
  const text = readFileSync(join(root, file), "utf8")
  return nodes(parse(join(root, file))["body"]).flatMap((statement) => {
    const declaration = statement["declaration"] as SyntaxNode | null | undefined
    if (statement.type !== "ExportNamedDeclaration" || !declaration) return []
    const { declarations, id } = declaration
    const docstring = before(text, statement.start)
    const members = membersOf(text, declaration)
    return [id, ...nodes(declarations).map((one) => one["id"])]
      .filter((one) => one !== undefined)
      .map((one) => ({ at: file, name: nameOf(one), docstring, declaration, members }))
  })
}

/** What `export { a, type b } from "./c.ts"` and `export * as c from "./c.ts"` take, and from where: nothing named is all. */
const taken = (
  file: string
): ReadonlyArray<readonly [file: string, names: ReadonlyArray<string>]> => {
  const text = readFileSync(join(root, file), "utf8")
  const pattern = /^export (?:type )?(?:\{([^}]+)\}|\* as \w+) from "(\.\/[^"]+)\.ts"/gm
  return [...text.matchAll(pattern)].map(([, names = "", from = ""]) => [
    join(dirname(file), `${from}.d.ts`),
    names
      .split(",")
      .map((name) => name.replace("type ", "").trim())
      .filter((name) => name !== "")
  ])
}

/** All that users of a package can name. */
export const exported = (one: Published): ReadonlyArray<Exported> => {
  const found = new Map<string, Exported>()
  const visit = (file: string, names: ReadonlyArray<string>) => {
    for (const each of exportsOf(file)) {
      if (names.length > 0 && !names.includes(each.name)) continue
      found.set(`${file} ${each.declaration.start} ${each.name}`, each)
    }
    for (const [from, wanted] of taken(file)) visit(from, wanted)
  }
  for (const file of entries(one).values()) visit(file, [])
  return [...found.values()]
}
