import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import { TokenError, type TokenErrorReason, Unavailable, Unsupported } from "../TokenError.ts"
import { about, type Answer, type Asked, type Judged, maximumAnswerBytes } from "./answer.ts"
import { isolated } from "./isolated.ts"
import type { ApiRequest } from "./request.ts"

/** How requests are sent: with which client, credentials, and within what time. */
export interface Sender {
  readonly client: HttpClient.HttpClient
  /** The `Authorization` header, made at the moment of use. */
  readonly authorization: () => string
  /** What an error text must not quote. */
  readonly secrets: () => ReadonlyArray<string>
  /** Milliseconds for one request, from sending to the last byte. */
  readonly timeout: number
}

/** Sends one request, once, and has the answer judged. */
export const exchange = Effect.fnUntraced(function* <A>(
  sender: Sender,
  request: ApiRequest,
  judge: (answer: Answer, asked: Asked) => Judged<A>
): Effect.fn.Return<A, TokenError> {
  const answer = yield* send(sender, request).pipe(
    Effect.timeoutOrElse({
      duration: sender.timeout,
      orElse: () => fail(new Unavailable({ ...about(request), problem: "timeout" }))
    })
  )
  const asked: Asked = {
    organisation: request.organisation,
    secrets: sender.secrets(),
    now: yield* Clock.currentTimeMillis
  }
  const judged = judge(answer, asked)
  return Result.isSuccess(judged) ? judged.success : yield* fail(judged.failure)
})

const fail = (reason: TokenErrorReason): Effect.Effect<never, TokenError> =>
  Effect.fail(new TokenError({ reason }))

const send = Effect.fnUntraced(function* (
  sender: Sender,
  request: ApiRequest
): Effect.fn.Return<Answer, TokenError> {
  const target = yield* checkTarget(request)
  const response = yield* sender.client.execute(httpRequest(sender, request)).pipe(
    isolated,
    // The platform's own error leads to the request and its headers: it ends here.
    Effect.mapError(() => unavailable(request, "connection"))
  )
  const arrived = response.url
  if (arrived !== "" && URL.parse(arrived)?.href !== target.href) {
    return yield* fail(new Unsupported({ ...about(request), status: response.status }))
  }
  const body = yield* readBody(response).pipe(
    Effect.mapError(() => unavailable(request, "transfer"))
  )
  return { status: response.status, headers: response.headers, body }
})

const unavailable = (request: ApiRequest, problem: "connection" | "transfer"): TokenError =>
  new TokenError({ reason: new Unavailable({ ...about(request), problem }) })

/**
 * The address that is really asked for must be the template's own: `..` in a segment would turn a
 * merchant's call into the partner's. Ids have been checked before; this is the second lock.
 */
const checkTarget = (request: ApiRequest): Effect.Effect<URL, TokenError> => {
  const target = URL.parse(request.url)
  if (target === null || target.href !== request.url) {
    return fail(new Unsupported(about(request)))
  }
  for (const [name, value] of request.query) target.searchParams.append(name, value)
  return Effect.succeed(target)
}

const httpRequest = (sender: Sender, request: ApiRequest): HttpClientRequest.HttpClientRequest => {
  const base = HttpClientRequest.make(request.method)(request.url).pipe(
    HttpClientRequest.setHeaders({
      accept: "application/json",
      // A compressed answer could be a thousand times its size on the wire.
      "accept-encoding": "identity",
      authorization: sender.authorization()
    }),
    HttpClientRequest.setUrlParams(request.query)
  )
  return request.body === undefined ? base : HttpClientRequest.bodyJsonUnsafe(base, request.body)
}

class TooLarge extends Schema.TaggedError<TooLarge>()("TooLarge", {}) {}

const tooLarge: Stream.Stream<Uint8Array, HttpClientError.HttpClientError | TooLarge> = Stream.fail(
  new TooLarge()
)

/** The text of an answer; `undefined` where it is larger than the cap. */
const readBody = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<string | undefined, HttpClientError.HttpClientError> =>
  Stream.limitBytes<HttpClientError.HttpClientError | TooLarge, never>(
    response.stream,
    maximumAnswerBytes,
    () => tooLarge
  ).pipe(
    Stream.mkUint8Array,
    Effect.map((bytes) => new TextDecoder().decode(bytes)),
    Effect.catchReason("HttpClientError", "EmptyBodyError", () => Effect.succeed("")),
    Effect.asSome,
    Effect.catchTag("TooLarge", () => Effect.succeedNone),
    Effect.map(Option.getOrUndefined)
  )
