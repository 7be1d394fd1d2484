/**
 * Nuapay's Gatekeeper and Organisation service, as a service of ours: one request a call, no retry, no
 * cache. Sending and judging are apart, so that the judge is tested with plain answers.
 *
 * Sources: Gatekeeper specification 3.3.0, Organisation specification 1.17.2.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import * as HttpClient from "effect/http/HttpClient"
import type { TokenId } from "./AccessToken.ts"
import type { Grant } from "./Grant.ts"
import { allPages } from "./internal/allPages.ts"
import { checkNumbers } from "./internal/checkNumbers.ts"
import { exchange, type Sender } from "./internal/exchange.ts"
import { judgeOrganisation, judgeOrganisations } from "./internal/judgeOrganisations.ts"
import {
  judgeRevokedCount,
  judgeRevokedToken,
  type RevokedToken
} from "./internal/judgeRevocation.ts"
import { type IssuedToken, judgeToken } from "./internal/judgeToken.ts"
import { makeIsolated } from "./internal/isolated.ts"
import * as Request from "./internal/request.ts"
import {
  type Organisation,
  type OrganisationFilter,
  type OrganisationId,
  type OrganisationPage,
  organisationId,
  type PageRequest
} from "./Organisation.ts"
import { Partner } from "./Partner.ts"
import { invalidRequest, type TokenError } from "./TokenError.ts"

export type {
  /**
   * @category models
   * @since 0.1.0
   */
  IssuedToken
} from "./internal/judgeToken.ts"
export type {
  /**
   * @category models
   * @since 0.1.0
   */
  RevokedToken
} from "./internal/judgeRevocation.ts"

/**
 * Nuapay's Gatekeeper and Organisation service: one request a call, none of them repeated. Fails with `TokenError`.
 *
 * @category services
 * @since 0.1.0
 */
export class Gatekeeper extends Context.Service<
  Gatekeeper,
  {
    /** One page of the partner's organisations. */
    readonly organisations: (
      filter?: OrganisationFilter,
      page?: PageRequest
    ) => Effect.Effect<OrganisationPage, TokenError>
    /**
     * Every organisation, page after page of 100, each fetched when it is needed and tried again under the
     * default retry policy. Ends with the last page, and after 10 000 pages in any case.
     */
    readonly allOrganisations: (
      filter?: OrganisationFilter
    ) => Stream.Stream<Organisation, TokenError>
    /** One organisation. An id of the wrong shape is refused before a request is made. */
    readonly organisation: (id: string) => Effect.Effect<Organisation, TokenError>
    /** A token for exactly this grant, or an error. A grant without `expiresIn` gets the server's ten seconds. */
    readonly requestToken: (grant: Grant) => Effect.Effect<IssuedToken, TokenError>
    /** Revokes one token of an organisation; of the caller itself without one. */
    readonly revokeToken: (
      organisation: OrganisationId | undefined,
      id: TokenId
    ) => Effect.Effect<RevokedToken, TokenError>
    /** Revokes every token of an organisation; of the caller itself without one. How many, where it says so. */
    readonly revokeAll: (
      organisation: OrganisationId | undefined
    ) => Effect.Effect<number | undefined, TokenError>
  }
>()("@onbehalf/core/Gatekeeper") {}

/**
 * How long a request may take.
 *
 * @category models
 * @since 0.1.0
 */
export interface GatekeeperOptions {
  /** Milliseconds for one request, from sending to the last byte. Default: 5 000. */
  readonly timeout?: number | undefined
}

/**
 * The remote API over an HTTP client. Fails with `InvalidConfiguration` where `timeout` is no number of milliseconds above 0.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: GatekeeperOptions = {}
): Effect.fn.Return<Gatekeeper["Service"], TokenError, Partner | HttpClient.HttpClient> {
  yield* checkNumbers({ timeout: options.timeout })
  const account = yield* Partner
  const sender: Sender = {
    client: yield* HttpClient.HttpClient,
    isolated: yield* makeIsolated,
    apiKey: account.apiKey,
    timeout: options.timeout ?? 5_000
  }
  const organisations = (filter: OrganisationFilter = {}, page: PageRequest = {}) =>
    Effect.flatMap(checkPage(page), (checked) =>
      exchange(sender, Request.listOrganisations(account, filter, checked), (answer, asked) =>
        judgeOrganisations(checked, answer, asked)
      )
    )
  return Gatekeeper.of({
    organisations,
    allOrganisations: (filter) => allPages((page) => organisations(filter, page)),
    organisation: (id) =>
      Effect.flatMap(organisationId(id), (checked) =>
        exchange(sender, Request.getOrganisation(account, checked), (answer, asked) =>
          judgeOrganisation(checked, answer, asked)
        )
      ),
    requestToken: (grant) =>
      exchange(sender, Request.requestToken(account, grant), (answer, asked) =>
        judgeToken(grant, answer, asked)
      ),
    revokeToken: (organisation, id) =>
      exchange(sender, Request.revokeToken(account, organisation, id), (answer, asked) =>
        judgeRevokedToken(id, answer, asked)
      ),
    revokeAll: (organisation) =>
      exchange(sender, Request.revokeAll(account, organisation), judgeRevokedCount)
  })
})

/**
 * The remote API, as {@link make} makes it. Fails with `InvalidConfiguration` as that does.
 *
 * Where you use Effect's fetch client, a `FetchHttpClient.RequestInit` that is provided to this layer is used, but
 * for redirects and cookies: there are none. For mutual TLS provide `FetchHttpClient.Fetch`, or another client.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options?: GatekeeperOptions
): Layer.Layer<Gatekeeper, TokenError, Partner | HttpClient.HttpClient> =>
  Layer.effect(Gatekeeper, make(options))

const checkPage = ({
  pageNumber = 1,
  pageSize = 20
}: PageRequest): Effect.Effect<{ pageNumber: number; pageSize: number }, TokenError> => {
  const problems = [
    ...(Number.isInteger(pageNumber) && pageNumber >= 1
      ? []
      : [{ field: "pageNumber", description: "must be a whole number from 1" }]),
    ...(Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= 100
      ? []
      : [{ field: "pageSize", description: "must be a whole number from 1 to 100" }])
  ]
  return problems.length === 0
    ? Effect.succeed({ pageNumber, pageSize })
    : Effect.fail(invalidRequest(problems))
}
