/** Answers as bytes on the wire: right ones, and those that are right but for one thing. */
import { tokenData } from "../../packages/core/test/support/upstream.ts"
import type { Arrived, Handle } from "./hostileSocket.ts"

/** The text of every token begins so. */
export const tokenText = "canary-token-text"

/** An answer with its true length, unless told otherwise. */
export const answer = (
  status: number,
  body: string | Buffer = "",
  headers: Readonly<Record<string, string>> = {}
): Buffer => {
  const all = { "content-length": String(Buffer.byteLength(body)), ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `HTTP/1.1 ${status} -\r\n${lines.join("")}\r\n`
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body)])
}

/** Whether a request is for a token. */
export const isTokenCall = ({ line }: Arrived): boolean => /^POST \S*\/tokens HTTP/.test(line)

/** The path of a request, as sent. */
export const targetOf = ({ line }: Arrived): string => line.split(" ")[1] ?? ""

/** The body of the token that a request asks for, but for `overrides`. */
export const tokenBody = (
  request: Arrived,
  count: number,
  overrides: Readonly<Record<string, unknown>> = {}
): string => {
  const asked = JSON.parse(request.body || "{}") as {
    readonly scopes?: ReadonlyArray<string>
    readonly expiresIn?: number
    readonly resourceId?: string
  }
  const data = tokenData({
    id: `token-${count}`,
    accessToken: `${tokenText}-${count}`,
    requestedOrganisation: /\/organisations\/([^/]+)\//.exec(request.line)?.[1] ?? "partner-1",
    scopes: asked.scopes,
    resourceId: asked.resourceId,
    expiryTime: 1_800_000_000_000 + (asked.expiresIn ?? 600) * 1000,
    ...overrides
  })
  return JSON.stringify({ uri: "/tokens", data })
}

/** The token that a request asks for, but for `overrides`. */
export const tokenAnswer = (
  request: Arrived,
  count: number,
  overrides?: Readonly<Record<string, unknown>>
): Buffer => answer(201, tokenBody(request, count, overrides))

/** Gives tokens as they should be; all other calls are handled as told. */
export const mintingOr =
  (handle: Handle): Handle =>
  (socket, request, count) => {
    if (isTokenCall(request)) socket.write(tokenAnswer(request, count))
    else handle(socket, request, count)
  }
