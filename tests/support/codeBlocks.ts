import { readFileSync } from "node:fs"

export interface CodeBlock {
  readonly language: string
  readonly code: string
  /** The name of a block that others of its page import: the second word behind the fence. */
  readonly file: string | undefined
  readonly line: number
}

/** The fenced blocks of a page, with the line on which each begins. */
export const codeBlocks = (path: string): ReadonlyArray<CodeBlock> => {
  const page = readFileSync(path, "utf8")
  return [...page.matchAll(/^```(\w*)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? "",
    file: match[2],
    code: match[3] ?? "",
    line: page.slice(0, match.index).split("\n").length
  }))
}
