/** The declarations that users of a package can meet: those that they import, and all that these name, to the end. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { nodesOf, parse, type SyntaxNode } from "../support/syntax.ts"

/** What a name leads to: a name in another module, or, without a source, in the same. `*` is all of it. */
interface Link {
  readonly statement: SyntaxNode
  readonly source: string
  readonly name: string
}

interface Module {
  readonly text: string
  readonly body: ReadonlyArray<SyntaxNode>
  readonly declared: ReadonlyMap<string, ReadonlyArray<SyntaxNode>>
  readonly imported: ReadonlyMap<string, Link>
  /** What is exported, by its name for others. */
  readonly exported: ReadonlyMap<string, Link>
  /** What `export * from` hands on. */
  readonly handedOn: ReadonlyArray<string>
}

const nodes = (value: unknown): ReadonlyArray<SyntaxNode> =>
  (value ?? []) as ReadonlyArray<SyntaxNode>
const node = (value: unknown): SyntaxNode | undefined => (value ?? undefined) as SyntaxNode
const text = (value: unknown): string => String(node(value)?.["name"] ?? node(value)?.["value"])
const sourceOf = (statement: SyntaxNode): string =>
  statement["source"] ? text(statement["source"]) : ""

/** The declaration that is, or is in, a statement. */
const declaration = (statement: SyntaxNode): SyntaxNode =>
  node(statement["declaration"]) ?? statement

const namesOf = (statement: SyntaxNode): ReadonlyArray<string> => {
  const { declarations, id } = declaration(statement)
  return [id, ...nodes(declarations).map((each) => each["id"])].flatMap((each) =>
    node(each)?.type === "Identifier" ? [text(each)] : []
  )
}

const read = (file: string): Module => {
  const body = nodes(parse(file)["body"])
  const of = (type: string) => body.filter((statement) => statement.type === type)
  const named = of("ExportNamedDeclaration")
  return {
    text: readFileSync(file, "utf8"),
    body,
    declared: grouped(
      body.flatMap((statement) => namesOf(statement).map((name) => [name, statement] as const))
    ),
    imported: new Map(
      of("ImportDeclaration").flatMap((statement) =>
        nodes(statement["specifiers"]).map(
          (one) =>
            [
              text(one["local"]),
              link(statement, one["imported"] ? text(one["imported"]) : "*")
            ] as const
        )
      )
    ),
    exported: new Map([
      ...named.flatMap((statement) =>
        namesOf(statement).map((name) => [name, link(statement, name)] as const)
      ),
      ...named.flatMap((statement) =>
        nodes(statement["specifiers"]).map(
          (one) => [text(one["exported"]), link(statement, text(one["local"]))] as const
        )
      ),
      ...of("ExportAllDeclaration")
        .filter((statement) => statement["exported"])
        .map((statement) => [text(statement["exported"]), link(statement, "*")] as const)
    ]),
    handedOn: of("ExportAllDeclaration")
      .filter((statement) => !statement["exported"])
      .map(sourceOf)
  }
}

const link = (statement: SyntaxNode, name: string): Link => ({
  statement,
  source: sourceOf(statement),
  name
})

const grouped = <A>(
  pairs: ReadonlyArray<readonly [name: string, value: A]>
): ReadonlyMap<string, ReadonlyArray<A>> =>
  new Map(
    [...Map.groupBy(pairs, ([name]) => name)].map(([name, all]) => [
      name,
      all.map(([, one]) => one)
    ])
  )

/** By file, in their order there. */
export const surface = (entries: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const modules = new Map<string, Module>()
  const kept = new Map<string, Set<SyntaxNode>>()
  const seen = new Set<string>()

  const moduleOf = (file: string): Module => {
    const known = modules.get(file) ?? read(file)
    modules.set(file, known)
    return known
  }

  const keep = (file: string, statement: SyntaxNode): boolean => {
    const statements = kept.get(file) ?? new Set()
    kept.set(file, statements)
    if (statements.has(statement)) return false
    statements.add(statement)
    return true
  }

  const follow = (file: string, from: string, name: string): void => {
    if (from.startsWith(".")) visit(join(dirname(file), from.replace(/\.[jt]s$/, ".d.ts")), name)
  }

  /** Keeps a declaration, and goes after each name in it. */
  const keepDeclaration = (file: string, statement: SyntaxNode): void => {
    if (!keep(file, statement)) return
    const spaces = new Set<unknown>()
    for (const each of nodesOf(declaration(statement))) {
      if (each.type === "TSQualifiedName") {
        visitLocal(file, first(each), text(each["right"]))
        spaces.add(each["left"])
      }
      if (each.type === "Identifier" && !spaces.has(each)) visitLocal(file, text(each))
      if (each.type === "TSImportType") follow(file, text(each["source"]), first(each["qualifier"]))
    }
  }

  /** A name as the module itself uses it; of a whole module, which member of it. */
  const visitLocal = (file: string, name: string, member = "*"): void => {
    const { declared, imported } = moduleOf(file)
    for (const statement of declared.get(name) ?? []) keepDeclaration(file, statement)
    const found = imported.get(name)
    if (found === undefined) return
    keep(file, found.statement)
    follow(file, found.source, found.name === "*" ? member : found.name)
  }

  /** A name as others import it. */
  const visit = (file: string, name: string): void => {
    if (seen.has(`${file} ${name}`)) return
    seen.add(`${file} ${name}`)
    const { body, exported, handedOn } = moduleOf(file)
    const wanted = name === "*" ? [...exported.values()] : [exported.get(name)]
    for (const found of wanted) {
      if (found === undefined) continue
      if (found.source === "") visitLocal(file, found.name)
      else follow(file, found.source, found.name)
      keep(file, found.statement)
    }
    for (const from of handedOn) follow(file, from, name)
    // Changes what is everybody's.
    for (const statement of body) {
      if (statement.type === "TSModuleDeclaration") keepDeclaration(file, statement)
    }
  }

  for (const file of entries) visit(file, "*")
  return new Map([...kept].map(([file, statements]) => [file, written(moduleOf(file), statements)]))
}

/** The first name of `A.B.C`; without one, all. */
const first = (name: unknown): string => {
  const one = node(name)
  if (one === undefined) return "*"
  return one.type === "Identifier" ? text(one) : first(one["left"])
}

const written = ({ body, text: all }: Module, statements: ReadonlySet<SyntaxNode>): string =>
  body
    .filter((statement) => statements.has(statement))
    .map(({ end, start }) => all.slice(start, end).replace(/^[ \t]*\/\*\*[\s\S]*?\*\/\n/gm, ""))
    .join("\n")
