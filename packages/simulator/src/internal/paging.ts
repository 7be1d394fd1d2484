import * as Effect from "effect/Effect"
import { refuse, type Refusal, type Service } from "../Refusal.ts"

/** The query of a list. */
export interface PageQuery {
  readonly pagenumber?: number | undefined
  readonly pagesize?: number | undefined
}

/** Default and largest `pagesize`. */
export const pageSizes = { usual: 20, largest: 100 }

const detail = (code: string, description: string, field: string) => [{ code, description, field }]

/** Cuts a page out of all items, or refuses a page number or size that is out of bounds. */
export const paginate = <A>(
  service: Service,
  uri: string,
  items: ReadonlyArray<A>,
  query: PageQuery
): Effect.Effect<PageOf<A>, Refusal<400 | 422>> => {
  const pageNumber = query.pagenumber ?? 1
  const pageSize = query.pagesize ?? pageSizes.usual
  if (pageNumber < 1) {
    return Effect.fail(
      refuse(service, 400, detail("ORG0006", "Pages are counted from 1.", "pageNumber"))
    )
  }
  if (pageSize < 1) {
    return Effect.fail(
      refuse(service, 400, detail("ORG0006", "A page has at least one item.", "pageSize"))
    )
  }
  if (pageSize > pageSizes.largest) {
    return Effect.fail(
      refuse(service, 422, detail("ORG0008", "A page has at most 100 items.", "pageSize"))
    )
  }
  return Effect.succeed({
    uri,
    data: items.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
    page: {
      pageNumber,
      pageSize,
      totalElements: items.length,
      totalPages: Math.ceil(items.length / pageSize)
    },
    sort: []
  })
}

/** One page, in the documented envelope. */
export interface PageOf<A> {
  readonly uri: string
  readonly data: ReadonlyArray<A>
  readonly page: {
    readonly pageNumber: number
    readonly pageSize: number
    readonly totalElements: number
    readonly totalPages: number
  }
  readonly sort: ReadonlyArray<string>
}
