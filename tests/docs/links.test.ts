import { assert, describe, it } from "@effect/vitest"
import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { root } from "../support/process.ts"

const pages = globSync(
  ["*.md", "docs/**/*.md", "packages/*/*.md", "apps/*/*.md", "examples/*/*.md"],
  { cwd: root }
)

const read = (page: string): string => readFileSync(join(root, page), "utf8")

/** The names that a heading can be linked by: as the hosts of repositories make them. */
const anchors = (page: string): ReadonlySet<string> =>
  new Set(
    [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-")
    )
  )

const isDead = (page: string, target: string): boolean => {
  if (target.includes("://")) return false
  const [path = "", anchor] = target.split("#")
  const file = path === "" ? page : join(dirname(page), path)
  if (!existsSync(join(root, file))) return true
  return anchor !== undefined && !anchors(file).has(anchor)
}

describe("links between pages", () => {
  it.each(pages)("%s", (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target)
    assert.deepStrictEqual(
      targets.filter((target) => isDead(page, target)),
      []
    )
  })

  it("one that leads nowhere would be noticed", () => {
    assert.isTrue(isDead("docs/errors.md", "nowhere.md"))
    assert.isTrue(isDead("docs/concepts.md", "errors.md#no_such_code"))
    assert.isFalse(isDead("docs/concepts.md", "errors.md#wrong_token"))
  })
})
