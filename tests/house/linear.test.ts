import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseAst } from "rolldown/parseAst"
import { root } from "../support/process.ts"

/** Milliseconds; on the largest input, too. */
const most = 10

/** Small ones first: what is exponential shows there, what is quadratic before it costs a minute. */
const sizes = [20, 25, 35, 50, 100, 1_000, 10_000, 100_000]

interface Found {
  readonly file: string
  readonly pattern: string
  readonly flags: string
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const nodesOf = (node: unknown): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  isObject(node) ? [node, ...Object.values(node).flatMap(nodesOf)] : []

const files = globSync("{packages,apps}/*/src/**/*.ts", { cwd: root })
const nodes = files.map((file) => ({
  file,
  nodes: nodesOf(parseAst(readFileSync(join(root, file), "utf8"), { lang: "ts" }))
}))

const literals = nodes.flatMap(({ file, nodes: all }) =>
  all.flatMap(({ regex }): ReadonlyArray<Found> =>
    isObject(regex)
      ? [{ file, pattern: String(regex["pattern"]), flags: String(regex["flags"]) }]
      : []
  )
)

/** Files that make one out of text. */
const made = nodes.flatMap(({ file, nodes: all }) =>
  all.some(({ callee }) => isObject(callee) && callee["name"] === "RegExp") ? [file] : []
)

/** What the pattern is made of, and a few strangers, alone and in pairs that stand together. */
const piecesOf = (pattern: string): ReadonlyArray<string> => {
  const text = pattern.replaceAll(/\\[wdsp]/gi, "")
  const own = Array.from(text, (char, at) => [char, text.slice(at, at + 2)]).flat()
  return [...new Set([...own, "a", "A", "0", " ", "/", "\n", "\u0000", "é", "/."])]
}

/** What may have to come before the part that could be slow: words of the pattern, or what does not fit. */
const wordsOf = (pattern: string): ReadonlyArray<string> => [
  ...new Set([
    "",
    "!",
    ...(pattern.match(/[a-z]{3,}/gi) ?? []).flatMap((word) => [word, `${word} `])
  ])
]

function* inputsFor(pattern: string, size: number) {
  for (const piece of piecesOf(pattern)) {
    const many = piece.repeat(Math.ceil(size / piece.length))
    for (const before of wordsOf(pattern)) {
      for (const after of ["", "!", "\u0000"]) yield before + many + after
    }
  }
}

/** Milliseconds for which an input that is slow is tried again. */
const patience = 300

/** Milliseconds, of the best of some tries: the machine may have other things to do. */
const timeOf = (regex: RegExp, input: string): number => {
  let best = Number.POSITIVE_INFINITY
  const began = performance.now()
  for (let start = began; best > most && start - began < patience; start = performance.now()) {
    regex.lastIndex = 0
    regex.test(input)
    best = Math.min(best, performance.now() - start)
  }
  return best
}

/** The first input that takes too long, shortened; none, if all is well. */
const slowInput = (pattern: string, flags: string): string | undefined => {
  const regex = new RegExp(pattern, flags)
  for (const size of sizes) {
    for (const input of inputsFor(pattern, size)) {
      if (timeOf(regex, input) > most) return `${JSON.stringify(input.slice(0, 40))}… of ${size}`
    }
  }
  return undefined
}

describe("T19: every regular expression of ours is linear", () => {
  it("those that are not would be noticed", () => {
    const slow = [
      "^(a+)+$",
      "\\/+$",
      "^\\s+|\\s+$",
      "(\\d+,?)+;",
      "^bearer (x|xx)+y",
      "^(([a-z])+.)+[A-Z]"
    ]
    for (const pattern of slow) assert.isDefined(slowInput(pattern, ""), pattern)
  })

  it("the sources were found, and one file that makes a pattern: of its own user's text", () => {
    assert.isAbove(files.length, 100)
    assert.isAbove(literals.length, 30)
    assert.deepStrictEqual(made, ["packages/simulator/src/Faults.ts"])
  })

  it.each(literals)("$pattern ($file)", ({ flags, pattern }) => {
    assert.isUndefined(slowInput(pattern, flags))
  })
})
