import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import { TokenError, type TokenErrorReason, Unavailable, Unsupported } from "../TokenError.ts"
import type { ApiKeyRing } from "./apiKeyRing.ts"
import { about } from "./about.ts"
import { type Answer, type Asked, type Judged, maximumAnswerBytes } from "./answer.ts"
import type { Isolated } from "./isolated.ts"
import type { ApiRequest } from "./request.ts"

/** How requests are sent: with which client, credentials, and within what time. */
export interface Sender {
  readonly client: HttpClient.HttpClient
  readonly isolated: Isolated
  readonly apiKey: ApiKeyRing
  /** Milliseconds for one request, from sending to the last byte; and for reading the key anew. */
  readonly timeout: number
}

/**
 * Sends one request and has the answer judged. Where the API key is refused, the key is read anew, and if it
 * has changed the request is sent once more.
 */
export const exchange = <A>(
  sender: Sender,
  request: ApiRequest,
  judge: (answer: Answer, asked: Asked) => Judged<A>
): Effect.Effect<A, TokenError> =>
  Effect.suspend(() => {
    const used = sender.apiKey.current()
    return once(sender, used, request, judge).pipe(
      Effect.catchIf(
        (error) => error.reason._tag === "InvalidApiKey",
        (refused) =>
          Effect.flatMap(newKey(sender, used), (replaced) =>
            replaced ? once(sender, sender.apiKey.current(), request, judge) : Effect.fail(refused)
          )
      )
    )
  })

/** Whoever keeps the key may never answer: that must not keep the refusal from those who wait. */
const newKey = ({ apiKey, timeout }: Sender, refused: Redacted.Redacted): Effect.Effect<boolean> =>
  Effect.timeoutOrElse(apiKey.replace(refused), {
    duration: timeout,
    orElse: () => Effect.succeed(false)
  })

const once = Effect.fnUntraced(function* <A>(
  sender: Sender,
  apiKey: Redacted.Redacted,
  request: ApiRequest,
  judge: (answer: Answer, asked: Asked) => Judged<A>
): Effect.fn.Return<A, TokenError> {
  const basic = btoa(`${Redacted.value(apiKey)}:`)
  const answer = yield* send(sender, basic, request).pipe(
    Effect.timeoutOrElse({
      duration: sender.timeout,
      orElse: () => fail(new Unavailable({ ...about(request), problem: "timeout" }))
    })
  )
  const asked: Asked = {
    organisation: request.organisation,
    secrets: [Redacted.value(apiKey), basic],
    now: yield* Clock.currentTimeMillis
  }
  const judged = judge(answer, asked)
  return Result.isSuccess(judged) ? judged.success : yield* fail(judged.failure)
})

const fail = (reason: TokenErrorReason): Effect.Effect<never, TokenError> =>
  Effect.fail(new TokenError({ reason }))

const send = Effect.fnUntraced(function* (
  sender: Sender,
  basic: string,
  request: ApiRequest
): Effect.fn.Return<Answer, TokenError> {
  const target = yield* checkTarget(request)
  const response = yield* sender.client.execute(httpRequest(basic, request)).pipe(
    sender.isolated,
    // The platform's own error leads to the request and its headers: it ends here.
    Effect.mapError((error) => unavailable(request, neverSent(error) ? "connection" : "transfer"))
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

/** What a platform says when there was no connection to send anything on. */
const unsentCodes = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EAI_NODATA",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
  "ERR_SSL_UNSUPPORTED_PROTOCOL"
])

/** Whether nothing was sent for certain. Of the error only the code is read. */
const neverSent = (error: HttpClientError.HttpClientError): boolean => {
  let cause: unknown = error.reason.cause
  for (let depth = 0; depth < 4; depth++) {
    if (Predicate.hasProperty(cause, "code") && unsentCodes.has(String(cause.code))) return true
    cause = Predicate.hasProperty(cause, "cause") ? cause.cause : undefined
  }
  return false
}

/** Segments of ids and fixed words; no query, no fragment, nothing that a server might decode. */
const plainPath = /^(\/[A-Za-z0-9_-]+)+$/

/**
 * The address that is really asked for must be the template's own: `..` in a segment would turn a
 * merchant's call into the partner's. Ids have been checked before; this is the second lock.
 */
const checkTarget = (request: ApiRequest): Effect.Effect<URL, TokenError> => {
  const target = URL.parse(request.url)
  if (target?.href !== request.url || !plainPath.test(request.url.slice(target.origin.length))) {
    return fail(new Unsupported(about(request)))
  }
  for (const [name, value] of request.query) target.searchParams.append(name, value)
  return Effect.succeed(target)
}

const httpRequest = (basic: string, request: ApiRequest): HttpClientRequest.HttpClientRequest => {
  const base = HttpClientRequest.make(request.method)(request.url).pipe(
    HttpClientRequest.setHeaders({
      accept: "application/json",
      // A compressed answer could be a thousand times its size on the wire.
      "accept-encoding": "identity",
      authorization: `Basic ${basic}`
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
