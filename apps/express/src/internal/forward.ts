import type { Request, Response as Reply } from "express"
import type { Http2Stream } from "node:http2"
import { Readable, Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { MerchantAccess } from "../MerchantAccess.ts"
import { OnBehalfError } from "../OnBehalfError.ts"
import type { Patience } from "./patience.ts"
import type { ProxyRules } from "./proxyRules.ts"

/** Of an answer: what describes its body, and when to come again. No cookie, no challenge, no redirect. */
const answerHeaders = [
  "content-type",
  "content-language",
  "content-disposition",
  "content-range",
  "etag",
  "last-modified",
  "retry-after",
  "x-rate-limit-reset"
]

/** The answer is one merchant's: no cache keeps it, and a page of HTML among it does nothing in this origin. */
const guarding = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; sandbox",
  "X-Content-Type-Options": "nosniff"
}

/** One request on its way. */
interface Passing {
  readonly request: Request
  readonly reply: Reply
  readonly access: MerchantAccess
  readonly patience: Patience
  readonly rules: ProxyRules
}

/** Asks Nuapay what the client asked, and hands the answer on while it arrives. */
export const forward = async (passing: Passing): Promise<void> => {
  try {
    await exchange(passing)
  } catch (error) {
    // A client that goes away is first seen as a stream that closes too early.
    throw error instanceof OnBehalfError ? error : (passing.patience.reason ?? error)
  } finally {
    // What nobody reads any more would hold the connection, and a browser that still sends would see no answer.
    passing.request.unpipe().resume()
  }
}

const exchange = async (passing: Passing): Promise<void> => {
  const { access, patience, reply, request, rules } = passing
  const answer = await ask(request, access, rules)
  const chunks = chunksOf(answer, passing)
  // Until its first byte is here nothing has been sent, and what fails can still be answered.
  const first = await chunks.next()
  reply.status(answer.status)
  for (const [name, value] of Object.entries(guarding)) reply.setHeader(name, value)
  for (const [name, value] of picked(answerHeaders, (name) => answer.headers.get(name))) {
    reply.setHeader(name, value)
  }
  if (first.done === true) return void reply.end()
  // While a slow client takes what it has been sent, nothing is read that could tell of the deadline.
  await pipeline(beginningWith(first.value, chunks), reply, { signal: patience.signal })
}

/** The body as it arrives. What ends it is told here, while it is known: to the client it is one closed connection. */
async function* chunksOf(
  { body }: Response,
  { patience, rules }: Passing
): AsyncGenerator<Uint8Array, void> {
  let passed = 0
  const failed = (problem: string) => new OnBehalfError("upstream_failed", { problem })
  try {
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      passed += chunk.byteLength
      if (passed > rules.maximumBodyBytes) throw failed("its answer is too long")
      yield chunk
    }
  } catch (error) {
    throw error instanceof OnBehalfError
      ? error
      : (patience.reason ?? failed("its answer breaks off"))
  }
}

async function* beginningWith<A>(first: A, rest: AsyncIterable<A>): AsyncGenerator<A, void> {
  yield first
  yield* rest
}

const ask = (
  request: Request,
  access: MerchantAccess,
  { maximumBodyBytes, requestHeaders, targetOf }: ProxyRules
): Promise<Response> => {
  const target = targetOf(request)
  const ofThisHop = hopHeaders(request)
  const names = requestHeaders.filter((name) => !ofThisHop.has(name))
  const headers = [...picked(names, (name) => request.get(name))]
  const { method } = request
  if (!hasBody(request)) return access.fetch(target, { method, headers })
  if (request.readableDidRead) {
    throw new OnBehalfError("misused", { problem: "the proxy must come before what reads bodies" })
  }
  // The rest of it is not read: the connection ends with the answer.
  const tooLarge = new OnBehalfError("body_too_large", { headers: { Connection: "close" } })
  if (Number(request.get("content-length") ?? 0) > maximumBodyBytes) throw tooLarge
  const controller = new AbortController()
  const body = atMost(maximumBodyBytes, () => {
    controller.abort(tooLarge)
    return tooLarge
  })
  request.pipe(body)
  return access.fetch(target, {
    method,
    headers,
    body: Readable.toWeb(body) as ReadableStream,
    signal: controller.signal
  })
}

/** RFC 9110, section 7.6.1: what the caller says is for this connection alone. */
const hopHeaders = ({ headers }: Request): ReadonlySet<string> =>
  new Set(headers.connection?.split(",").map((name) => name.trim().toLowerCase()))

const hasBody = (request: Request): boolean =>
  request.method !== "GET" && request.method !== "HEAD" && bringsBody(request)

/** In HTTP/2 no header need tell of it: its stream does. */
const bringsBody = (request: Request & { readonly stream?: Http2Stream }): boolean =>
  request.stream === undefined
    ? request.headers["transfer-encoding"] !== undefined ||
      Number(request.headers["content-length"] ?? 0) > 0
    : !request.stream.endAfterHeaders

function* picked(
  names: ReadonlyArray<string>,
  get: (name: string) => string | null | undefined
): Generator<[name: string, value: string]> {
  for (const name of names) {
    const value = get(name)
    if (value !== null && value !== undefined) yield [name, value]
  }
}

/** Passes bytes on until there are too many. */
const atMost = (bytes: number, tooMany: () => Error): Transform => {
  let passed = 0
  return new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => {
      passed += chunk.byteLength
      if (passed > bytes) done(tooMany())
      else done(null, chunk)
    }
  })
}
