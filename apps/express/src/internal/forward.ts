import type { Request, Response as Reply } from "express"
import { Readable, Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { ReadableStream as NodeReadableStream } from "node:stream/web"
import type { MerchantAccess } from "../MerchantAccess.ts"
import { OnBehalfError } from "../OnBehalfError.ts"
import type { ProxyRules } from "./proxyRules.ts"

/** Of an answer: what describes its body, and when to come again. No cookie, no challenge, no redirect. */
const answerHeaders = [
  "content-type",
  "content-language",
  "content-disposition",
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

/** Asks Nuapay what the client asked, and hands the answer on while it arrives. */
export const forward = async (
  request: Request,
  reply: Reply,
  access: MerchantAccess,
  rules: ProxyRules
): Promise<void> => {
  try {
    await exchange(request, reply, access, rules)
  } finally {
    // What nobody reads any more would hold the connection, and a browser that still sends would see no answer.
    request.unpipe().resume()
  }
}

const exchange = async (
  request: Request,
  reply: Reply,
  access: MerchantAccess,
  rules: ProxyRules
): Promise<void> => {
  const answer = await ask(request, access, rules)
  reply.status(answer.status)
  for (const [name, value] of Object.entries(guarding)) reply.setHeader(name, value)
  for (const [name, value] of picked(answerHeaders, (name) => answer.headers.get(name))) {
    reply.setHeader(name, value)
  }
  if (answer.body === null) return void reply.end()
  const limit = atMost(
    rules.maximumBodyBytes,
    () => new OnBehalfError("upstream_failed", { problem: "its answer is too long" })
  )
  await pipeline(Readable.fromWeb(answer.body as NodeReadableStream), limit, reply)
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

const hasBody = ({ headers, method }: Request): boolean =>
  method !== "GET" &&
  method !== "HEAD" &&
  (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0)

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
