import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { parseAst } from "rolldown/parseAst"
import { entries, published } from "../api/report.ts"
import { root } from "../support/process.ts"

interface Node {
  readonly type: string
  readonly start: number
  readonly exportKind?: string
  readonly source?: { readonly value: string } | null
  readonly declaration?: Declared | null
}

interface Declared {
  readonly id?: { readonly name: string }
  readonly declarations?: ReadonlyArray<{ readonly id: { readonly name?: string } }>
}

interface Exported {
  readonly at: string
  readonly name: string
  readonly docstring: string
}

const nameOf = ({ declarations, id }: Declared): string =>
  id?.name ?? declarations?.map((one) => one.id.name).join() ?? ""

/** The comment that ends where the export begins. */
const before = (text: string, start: number): string =>
  /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(text.slice(0, start))?.[0] ?? ""

/** What a module declares and exports. */
const exportsOf = (file: string): ReadonlyArray<Exported> => {
  const text = readFileSync(join(root, file), "utf8")
  const { body } = parseAst(text, { lang: "ts" }) as unknown as { body: ReadonlyArray<Node> }
  return body
    .filter(({ type }) => type === "ExportNamedDeclaration")
    .flatMap(({ declaration, start }) =>
      declaration ? [{ at: file, name: nameOf(declaration), docstring: before(text, start) }] : []
    )
}

/** What `export { a, type b } from "./c.ts"` and `export * as c from "./c.ts"` take, and from where: nothing named is all. */
const taken = (
  file: string
): ReadonlyArray<readonly [file: string, names: ReadonlyArray<string>]> => {
  const text = readFileSync(join(root, file), "utf8")
  const pattern = /^export (?:type )?(?:\{([^}]+)\}|\* as \w+) from "(\.\/[^"]+)"/gm
  return [...text.matchAll(pattern)].map(([, names = "", from = ""]) => [
    join(dirname(file), from),
    names
      .split(",")
      .map((name) => name.replace("type ", "").trim())
      .filter((name) => name !== "")
  ])
}

/** All that users of a package can name. */
const visible = (one: (typeof published)[number]): ReadonlyArray<Exported> => {
  const found = new Map<string, Exported>()
  const add = (exported: Exported, index: number) =>
    found.set(`${exported.at} ${exported.name} ${index}`, exported)
  const visit = (file: string, names: ReadonlyArray<string>) => {
    exportsOf(file)
      .filter(({ name }) => names.length === 0 || names.includes(name))
      .forEach(add)
    for (const [from, wanted] of taken(file)) visit(from, wanted)
  }
  for (const file of entries(one).values()) {
    visit(file.replace("/dist/", "/src/").replace(".d.ts", ".ts"), [])
  }
  return [...found.values()]
}

const words = (docstring: string): number =>
  docstring
    .replaceAll(/^\s*\*? ?@.*$/gm, "")
    .split(/[^\p{L}\p{N}`]+/u)
    .filter((word) => word !== "").length

/** What is missing, in a word. */
const missing = (
  { docstring, name }: Exported,
  all: ReadonlyArray<Exported>
): string | undefined => {
  if (docstring === "") return "a docstring"
  if (!/^\s*\* @since \d+\.\d+\.\d+$/m.test(docstring)) return "@since"
  if (!/^\s*\* @category [a-z -]+$/m.test(docstring)) return "@category"
  // A type beside a value of the same name is explained there.
  const explained = all.some((other) => other.name === name && words(other.docstring) >= 3)
  return explained ? undefined : "what it is for"
}

describe("every export says what it is for, and since when", () => {
  const libraries = published.filter(({ manifest }) => manifest.bin === undefined)

  it.each(libraries)("$name", (one) => {
    const all = visible(one)
    assert.isNotEmpty(all)
    const wrong = all.flatMap((exported) => {
      const what = missing(exported, all)
      return what === undefined ? [] : [`${exported.at} ${exported.name}: ${what}`]
    })
    assert.deepStrictEqual(wrong, [])
  })
})
