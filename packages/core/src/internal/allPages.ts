import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Organisation, OrganisationPage, PageRequest } from "../Organisation.ts"
import { defaultRetryPolicy, retry } from "../RetryPolicy.ts"
import type { TokenError } from "../TokenError.ts"

/** A server that never says it is at the end must not keep us for ever. */
const maximumPages = 10_000

/** Every organisation, page after page of 100, each fetched when it is needed. */
export const allPages = (
  fetchPage: (page: PageRequest) => Effect.Effect<OrganisationPage, TokenError>
): Stream.Stream<Organisation, TokenError> =>
  Stream.paginate(1, (pageNumber) =>
    fetchPage({ pageNumber, pageSize: 100 }).pipe(
      retry(defaultRetryPolicy),
      Effect.map((page) => [page.organisations, nextPage(page, pageNumber)] as const)
    )
  )

const nextPage = (page: OrganisationPage, pageNumber: number): Option.Option<number> => {
  const more =
    page.totalPages === undefined
      ? page.organisations.length >= page.pageSize
      : pageNumber < page.totalPages && page.organisations.length > 0
  return more && pageNumber < maximumPages ? Option.some(pageNumber + 1) : Option.none()
}
