import { assert, describe, it } from "@effect/vitest"
import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { published } from "../api/report.ts"
import { repository } from "../support/repository.ts"
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

/** A file of the repository at its host: what a page must name it by that is read from elsewhere too. */
const host = `${repository}/blob/main/`

const isDead = (page: string, target: string): boolean => {
  if (target.includes("://") && !target.startsWith(host)) return false
  const [path = "", anchor] = target.split("#")
  const file = path.startsWith(host)
    ? path.slice(host.length)
    : path === ""
      ? page
      : join(dirname(page), path)
  if (!existsSync(join(root, file))) return true
  return anchor !== undefined && !anchors(file).has(anchor)
}

const targets = (page: string): ReadonlyArray<string> =>
  [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target)

describe("links between pages", () => {
  it.each(pages)("%s", (page) => {
    assert.deepStrictEqual(
      targets(page).filter((target) => isDead(page, target)),
      []
    )
  })

  it.each(published.map(({ folder }) => `${folder}/README.md`))(
    "%s is read from a tarball too, where nothing is beside it, and leads on",
    (page) => {
      assert.deepStrictEqual(
        targets(page).filter((target) => !/^(https:|#)/.test(target)),
        []
      )
      assert.isTrue(targets(page).some((target) => target.startsWith(host)))
    }
  )

  it("one that leads nowhere would be noticed", () => {
    assert.isTrue(isDead("docs/errors.md", "nowhere.md"))
    assert.isTrue(isDead("docs/concepts.md", "errors.md#no_such_code"))
    assert.isTrue(isDead("packages/core/README.md", `${host}docs/nowhere.md`))
    assert.isTrue(isDead("packages/core/README.md", `${host}docs/errors.md#no_such_code`))
    assert.isFalse(isDead("docs/concepts.md", "errors.md#wrong_token"))
  })
})
