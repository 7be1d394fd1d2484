import { assert, beforeAll, describe, it } from "@effect/vitest"
import { published } from "../api/report.ts"
import { type Exported, exported, type Member } from "../support/exported.ts"
import { run } from "../support/process.ts"
import { nodesOf, type SyntaxNode } from "../support/syntax.ts"

beforeAll(async () => {
  const built = await run("node_modules/.bin/turbo", [
    "run",
    "build",
    "--filter=./packages/*",
    "--filter=./apps/*"
  ])
  assert.strictEqual(built.code, 0, built.stderr)
}, 120_000)

const words = (docstring: string): number =>
  docstring
    .replaceAll(/^\s*\*? ?@.*$/gm, "")
    .split(/[^\p{L}\p{N}`]+/u)
    .filter((word) => word !== "").length

/** What may be read in a type, without what its parameters are: those fail in other hands. */
function* results(type: unknown): Generator<SyntaxNode> {
  for (const node of nodesOf(type)) {
    if (node.type === "TSFunctionType" || node.type === "TSMethodSignature") {
      yield* results(node["returnType"])
      return
    }
    yield node
  }
}

const failing = new Set(["Effect", "Layer", "Stream"])

/** Whether what something gives may fail: an effect, a layer or a stream with a type of failures, or a promise. */
const fails = (type: unknown): boolean =>
  [...results(type)].some((node) => {
    if (node.type !== "TSTypeReference") return false
    const typeName = node["typeName"] as SyntaxNode
    const name = String((typeName["right"] as SyntaxNode | undefined)?.["name"] ?? typeName["name"])
    if (name === "Promise") return true
    const given = (node["typeArguments"] as SyntaxNode | null)?.["params"]
    const failure = (given as ReadonlyArray<SyntaxNode> | undefined)?.[1]
    return failing.has(name) && failure !== undefined && failure.type !== "TSNeverKeyword"
  })

const saysHow = /\b(fails?|failures?|rejects?|throws?|never|refused?)\b/i

const typeOf = ({ declaration }: Exported): unknown =>
  declaration.type === "VariableDeclaration"
    ? declaration["declarations"]
    : declaration.type === "TSDeclareFunction"
      ? declaration["returnType"]
      : undefined

/** What is missing, in a word. */
const missing = (one: Exported, all: ReadonlyArray<Exported>): string | undefined => {
  const { at, docstring, name } = one
  if (docstring === "") return "a docstring"
  if (!/^\s*\* @since \d+\.\d+\.\d+$/m.test(docstring)) return "@since"
  if (!/^\s*\* @category [a-z -]+$/m.test(docstring)) return "@category"
  // A type beside a value of the same name is explained there.
  const explained = all.some(
    (other) => other.at === at && other.name === name && words(other.docstring) >= 3
  )
  if (!explained) return "what it is for"
  return fails(typeOf(one)) && !saysHow.test(docstring) ? "what it fails with" : undefined
}

const unit =
  /seconds?|milliseconds?|minutes?|bytes?|how (many|much|often)|at most|number|times|port|share|characters/i
const fallback = /\b(defaults?|none|required|without)\b/i

/** What is missing of an option: its unit, or what holds where it is not given. */
const missingOfOption = ({ docstring, node, optional }: Member): string | undefined => {
  if (words(docstring) < 2) return "what it does"
  const number = [...nodesOf(node["typeAnnotation"])].some(({ type }) => type === "TSNumberKeyword")
  if (number && !unit.test(docstring)) return "its unit"
  return optional && !fallback.test(docstring) ? "its default" : undefined
}

const told = (
  { at, name }: Exported,
  member: string,
  what: string | undefined
): ReadonlyArray<string> =>
  what === undefined
    ? []
    : [`${at.replace("dist", "src").replace(".d.ts", ".ts")} ${name}${member}: ${what}`]

const libraries = published.filter(({ manifest }) => manifest.bin === undefined)

describe("every export says what it is for, since when, and how it fails", () => {
  it.each(libraries)("$name", (one) => {
    const all = exported(one)
    assert.isNotEmpty(all)
    assert.deepStrictEqual(
      all.flatMap((each) => told(each, "", missing(each, all))),
      []
    )
  })
})

describe("what an export can do says how it fails, there or for all of it", () => {
  it.each(libraries)("$name", (one) => {
    const wrong = exported(one).flatMap((each) =>
      each.members
        .filter(({ node }) => fails(node["typeAnnotation"]) || fails(node["returnType"]))
        .filter(({ docstring }) => !saysHow.test(docstring) && !saysHow.test(each.docstring))
        .flatMap(({ name }) => told(each, `.${name}`, "what it fails with"))
    )
    assert.deepStrictEqual(wrong, [])
  })
})

describe("every option says what it does, in which unit, and its default", () => {
  it.each(libraries)("$name", (one) => {
    const wrong = exported(one)
      .filter(({ name }) => name.endsWith("Options"))
      .flatMap((each) =>
        each.members.flatMap((member) => told(each, `.${member.name}`, missingOfOption(member)))
      )
    assert.deepStrictEqual(wrong, [])
  })
})
