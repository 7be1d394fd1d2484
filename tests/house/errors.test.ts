import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { errorGuide } from "../../packages/core/src/internal/errorGuide.ts"

const page = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8")

describe("docs/errors.md", () => {
  it("has a section for each code, and no other", () => {
    const sections = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
    const codes: Array<string | undefined> = Object.values(errorGuide).map((guide) => guide.code)
    assert.sameMembers(sections, codes)
  })
})
