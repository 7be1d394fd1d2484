import { readFileSync } from "node:fs"

export interface CodeBlock {
  readonly language: string
  readonly code: string
  readonly line: number
}

/** The fenced blocks of a page, with the line on which each begins. */
export const codeBlocks = (path: string): ReadonlyArray<CodeBlock> => {
  const page = readFileSync(path, "utf8")
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? "",
    code: match[2] ?? "",
    line: page.slice(0, match.index).split("\n").length
  }))
}
