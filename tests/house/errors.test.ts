import { assert, describe, it } from "@effect/vitest"
import { invalidRequest } from "@onbehalf/core/TokenError"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { documentationOf, errorGuide } from "../../packages/core/src/internal/errorGuide.ts"
import { repository } from "../support/repository.ts"
import { root } from "../support/process.ts"

const page = readFileSync(join(root, "docs/errors.md"), "utf8")
const sections = [...page.matchAll(/^## (.+)$/gm)].map(([, title = ""]) => title)

describe("docs/errors.md", () => {
  it("has a section for each code, and no other", () => {
    const codes: Array<string | undefined> = Object.values(errorGuide).map((guide) => guide.code)
    assert.sameMembers(sections, codes)
  })

  it("is where each error leads to, at the address that the repository's manifest has", () => {
    for (const section of sections) {
      assert.strictEqual(
        documentationOf(section),
        `${repository}/blob/main/docs/errors.md#${section}`
      )
    }
    const error = invalidRequest([])
    assert.strictEqual(error.documentation, documentationOf(error.code))
    assert.include(JSON.stringify(error), documentationOf("invalid_request"))
  })
})
