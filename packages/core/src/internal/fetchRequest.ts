import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import * as HttpBody from "effect/http/HttpBody"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { TokenError } from "../TokenError.ts"
import { invalidHeaders } from "./invalidHeaders.ts"

/**
 * What `fetch(path, init)` would send. Text and bytes can be sent again, other bodies cannot. A header that the
 * platform refuses is refused here, because the platform quotes it.
 */
export const requestOf = (
  path: string,
  init: RequestInit
): Effect.Effect<HttpClientRequest.HttpClientRequest, TokenError> =>
  Effect.map(headersOf(init.headers), (headers) => {
    const method = (init.method ?? "GET").toUpperCase() as HttpMethod.HttpMethod
    const body = bodyOf(init.body, headers.get("content-type") ?? undefined)
    return HttpClientRequest.get(path).pipe(
      HttpClientRequest.setMethod(method),
      HttpClientRequest.setBody(body),
      HttpClientRequest.setHeaders(headers)
    )
  })

const headersOf = (headers: RequestInit["headers"]): Effect.Effect<Headers, TokenError> =>
  Effect.try({ try: () => new Headers(headers), catch: invalidHeaders })

const bodyOf = (
  body: BodyInit | null | undefined,
  contentType: string | undefined
): HttpBody.HttpBody => {
  if (body === null || body === undefined) return HttpBody.empty
  if (typeof body === "string")
    return HttpBody.text(body, contentType ?? "text/plain;charset=UTF-8")
  if (body instanceof URLSearchParams) {
    return HttpBody.text(body.toString(), contentType ?? "application/x-www-form-urlencoded")
  }
  if (body instanceof ArrayBuffer) return HttpBody.uint8Array(new Uint8Array(body), contentType)
  if (ArrayBuffer.isView(body)) {
    const bytes = new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
    return HttpBody.uint8Array(bytes, contentType)
  }
  if (body instanceof FormData) return HttpBody.formData(body)
  // As Node's fetch takes them, a request that arrives for one. The client beneath knows streams of the Web alone.
  if (isAsyncIterable(body)) {
    return HttpBody.stream(
      Stream.fromAsyncIterable(body, (error) => error),
      contentType
    )
  }
  return HttpBody.raw(body, { contentType })
}

const isAsyncIterable = (body: unknown): body is AsyncIterable<Uint8Array> =>
  Predicate.hasProperty(body, Symbol.asyncIterator) && !(body instanceof ReadableStream)
