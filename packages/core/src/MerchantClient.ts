/**
 * An HTTP client that acts for one merchant, and for no other: the origin is Nuapay's, the token is that
 * merchant's, and neither can be changed by a request.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { AccessToken } from "./AccessToken.ts"
import { about } from "./internal/about.ts"
import { makeIsolated } from "./internal/isolated.ts"
import { pin } from "./internal/pin.ts"
import { Partner } from "./Partner.ts"
import { TokenError, Unavailable, Unsupported } from "./TokenError.ts"
import type { TokenSource } from "./TokenSource.ts"

/**
 * An Effect HTTP client with typed errors of ours. Any status but a redirect is an answer, not an error.
 *
 * @category models
 * @since 0.1.0
 */
export interface MerchantClient extends HttpClient.HttpClient.With<TokenError> {}

/**
 * How a merchant's client sends the token, and how long it waits for an answer.
 *
 * @category models
 * @since 0.1.0
 */
export interface MerchantClientOptions {
  /** How the token is sent. Default: `bearer`. */
  readonly form?: "bearer" | "basic" | undefined
  /**
   * Milliseconds until the head of an answer must be there. Default: 30 000. The body is a stream that you
   * read: bound that by a timeout of yours, or by interruption.
   */
  readonly timeout?: number | undefined
}

/**
 * A client for the merchant of a source. Requests name a path, such as `/mandates`.
 *
 * A 401 forgets that very token, fetches another and tries once more: only if the body can be sent again
 * (nothing, text or bytes; not a stream), and not for an application token, whose 401 may mean the wrong
 * resource.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  source: TokenSource,
  options: MerchantClientOptions = {}
): Effect.fn.Return<MerchantClient, never, Partner | HttpClient.HttpClient> {
  const { origin } = yield* Partner
  const client = yield* HttpClient.HttpClient
  const isolated = yield* makeIsolated
  const timeout = options.timeout ?? 30_000
  const header = (token: AccessToken): string =>
    options.form === "basic" ? token.basicAuthorization() : token.authorization()

  const send = (request: HttpClientRequest.HttpClientRequest, token: AccessToken) =>
    client
      .execute(
        HttpClientRequest.setHeaders(request, {
          authorization: header(token),
          "accept-encoding": "identity"
        })
      )
      .pipe(
        isolated,
        // The platform's own error leads to the request and its headers: it ends here.
        Effect.mapError(() => unavailable(source, "connection")),
        Effect.timeoutOrElse({
          duration: timeout,
          orElse: () => Effect.fail(unavailable(source, "timeout"))
        }),
        Effect.flatMap((response) => judge(source, request, response))
      )

  const execute = Effect.fnUntraced(function* (
    asked: HttpClientRequest.HttpClientRequest
  ): Effect.fn.Return<HttpClientResponse.HttpClientResponse, TokenError> {
    const request = yield* pin(origin, asked)
    const token = yield* source.token()
    const response = yield* send(request, token)
    if (response.status !== 401) return response
    yield* source.invalidate(token)
    if (source.grant._tag === "ApplicationGrant" || !isReplayable(request)) return response
    yield* dropBody(response)
    return yield* Effect.flatMap(source.token(), (fresh) => send(request, fresh))
  })

  return HttpClient.makeWith<TokenError, never, TokenError, never>(
    (request) => Effect.flatMap(request, execute),
    Effect.succeed
  )
})

const isReplayable = (request: HttpClientRequest.HttpClientRequest): boolean =>
  request.body._tag === "Empty" || request.body._tag === "Uint8Array"

const judge = (
  source: TokenSource,
  request: HttpClientRequest.HttpClientRequest,
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<HttpClientResponse.HttpClientResponse, TokenError> =>
  // A fetch that hides a redirect answers with status 0.
  response.status === 0 ||
  (response.status >= 300 && response.status < 400 && response.status !== 304)
    ? Effect.andThen(
        dropBody(response),
        Effect.fail(
          new TokenError({
            reason: new Unsupported({ ...about(source.key), status: response.status })
          })
        )
      )
    : Effect.map(asWeb(response), (web) => HttpClientResponse.fromWeb(request, web))

/** A body that nobody reads would hold its connection for as long as the server likes. */
const dropBody = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  response.stream.pipe(Stream.interruptWhen(Effect.void), Stream.runDrain, Effect.ignore)

/** The answer on its own: the platform's leads back to the request that carried the token. */
const asWeb = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<Response> =>
  Option.match(HttpClientResponse.toWeb(response), {
    onSome: Effect.succeed,
    onNone: () =>
      Effect.map(Stream.toReadableStreamEffect(response.stream), (body) => {
        const empty = [204, 205, 304].includes(response.status)
        return new Response(empty ? null : body, {
          status: response.status,
          headers: response.headers
        })
      })
  })

const unavailable = (source: TokenSource, problem: "connection" | "timeout"): TokenError =>
  new TokenError({ reason: new Unavailable({ ...about(source.key), problem }) })
