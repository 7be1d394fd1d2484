import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { allPages } from "../src/internal/allPages.ts"
import type { Organisation, OrganisationPage, PageRequest } from "../src/Organisation.ts"

/** A list that says of itself, on each page, that there are a milliard more, or nothing at all. */
const endless = (totalPages: number | undefined) => {
  const asked: Array<PageRequest> = []
  const fetchPage = (page: PageRequest) =>
    Effect.sync((): OrganisationPage => {
      asked.push(page)
      const organisation = { id: `m${page.pageNumber}` } as Organisation
      return {
        organisations: [organisation],
        pageNumber: page.pageNumber ?? 0,
        pageSize: 1,
        totalElements: undefined,
        totalPages
      }
    })
  return { asked, fetchPage }
}

describe("invariant 8: a list without end", () => {
  it.effect.each([1e9, undefined])("ends after 10 000 pages, where it claims %s", (totalPages) =>
    Effect.gen(function* () {
      const { asked, fetchPage } = endless(totalPages)
      const all = allPages(fetchPage).pipe(Stream.take(10_010))
      assert.strictEqual(yield* Stream.runCount(all), 10_000)
      assert.strictEqual(asked.length, 10_000)
      assert.deepStrictEqual(asked.at(-1), { pageNumber: 10_000, pageSize: 100 })
    })
  )
})
