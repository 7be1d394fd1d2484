import { assert, describe, it } from "@effect/vitest"
import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { root } from "../support/process.ts"

const pages = globSync(["*.md", "docs/**/*.md", "packages/*/*.md", "apps/*/*.md"], { cwd: root })

describe("links between pages", () => {
  it.each(pages)("%s", (page) => {
    const text = readFileSync(join(root, page), "utf8")
    const targets = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(
      ([, target]) => target ?? ""
    )
    const dead = targets.filter(
      (target) => !target.includes("://") && !existsSync(join(root, dirname(page), target))
    )
    assert.deepStrictEqual(dead, [])
  })
})
