import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { invalidRequest, type TokenError } from "../TokenError.ts"
import { invalidHeaders } from "./invalidHeaders.ts"

/** Control characters count as blank: at the end of an address they would be cut off. */
const pathShape = /^\/(?!\/)[^\s\\\p{Cc}]*$/u
/** Also for a server that decodes more than once, or cuts off what stands behind a semicolon. */
const climbing = /^[^?#]*(\/|%(25)*(2f|5c))(\.|%(25)*2e){1,2}([/;?#]|%(25)*(2f|5c|3b|3f|23)|$)/i
/** Of the caller's own user or connection, and for nobody else: whoever hands on all that arrived means no harm. */
const personalHeaders = [
  "authorization",
  "cookie",
  "proxy-authorization",
  "connection",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade"
]
/** RFC 9110, section 5: what a method and the name of a header may consist of. */
const token = /^[\w!#$%&'*+.^`|~-]+$/
/** They would answer with the token, or turn the connection into something else. */
const refusedMethod = /^(CONNECT|TRACE|TRACK)$/i
const headerValue = /^[\t -~\x80-\xff]*$/

/**
 * The request on Nuapay's origin, whatever it said. A path that would leave it, or climb, is refused, and so is
 * what no platform sends: it would come back as trouble with the network, which is tried again, and may be
 * quoted. What belongs to the caller's own user or connection is dropped.
 */
export const pin = (
  origin: string,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<HttpClientRequest.HttpClientRequest, TokenError> => {
  const own = personalHeaders.reduce<HttpClientRequest.HttpClientRequest>(
    (kept, name) => HttpClientRequest.removeHeader(kept, name),
    request
  )
  const problem = problemOf(own)
  return problem === undefined
    ? Effect.succeed(HttpClientRequest.setUrl(own, origin + own.url))
    : Effect.fail(problem)
}

const problemOf = ({
  body,
  headers,
  method,
  url
}: HttpClientRequest.HttpClientRequest): TokenError | undefined => {
  const invalid = (field: string, description: string) => invalidRequest([{ field, description }])
  if (!pathShape.test(url) || climbing.test(url)) {
    return invalid("path", 'must be a path such as "/mandates", without an origin and without ".."')
  }
  if (!token.test(method) || refusedMethod.test(method)) {
    return invalid("method", "must be one that HTTP allows, and not CONNECT, TRACE or TRACK")
  }
  if ((method === "GET" || method === "HEAD") && body._tag !== "Empty") {
    return invalid("body", `must not be there with ${method}`)
  }
  return Object.entries(headers).every(
    ([name, value]) => token.test(name) && headerValue.test(value)
  )
    ? undefined
    : invalidHeaders()
}
