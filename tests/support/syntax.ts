/** The syntax of modules and of declarations, for tests that read what is built. */
import { readFileSync } from "node:fs"
import { parseAst } from "rolldown/parseAst"

export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export const parse = (file: string): SyntaxNode => {
  const lang = file.endsWith(".d.ts") ? "dts" : file.endsWith(".ts") ? "ts" : "js"
  return parseAst(readFileSync(file, "utf8"), { lang }) as unknown as SyntaxNode
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && "type" in value

/** A node and all that are below it. */
export function* nodesOf(value: unknown): Generator<SyntaxNode> {
  if (isNode(value)) yield value
  if (typeof value === "object" && value !== null) {
    for (const below of Object.values(value)) yield* nodesOf(below)
  }
}

/** What names a module: `import`, `export … from`, `import()`, also in a type, and `require()`. */
export const sourcesOf = (tree: SyntaxNode): ReadonlyArray<string> =>
  [...nodesOf(tree)].flatMap((node) => {
    const asked = isNode(node["callee"]) && node["callee"]["name"] === "require"
    const [first] = asked ? (node["arguments"] as ReadonlyArray<unknown>) : []
    const named = [node["source"], first].find(isNode)?.["value"]
    return typeof named === "string" ? [named] : []
  })
