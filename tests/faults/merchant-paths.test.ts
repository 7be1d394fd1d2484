import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { seeded } from "../../packages/core/test/support/random.ts"
import { answer, mintingOr, targetOf } from "../support/hostileAnswers.ts"
import { promiseBrokerOn, withMerchantOn } from "../support/hostileClient.ts"
import { type Arrived, headerOf, hostileSocket } from "../support/hostileSocket.ts"

/** What a path is made of by somebody who wants it to lead elsewhere. */
const pieces = (other: string): ReadonlyArray<string> =>
  [
    ["/", "/", "/", "/", "//", "\\", "..", ".", "%2e", "%2E%2e", ".%2e", "%2f", "%5c", "%00"],
    ["?", "#", ";", ":", "@", "&", "=", " ", "\t", "\n", "\r\n", "\u0000", "\u0001", "\u001f"],
    ["\u007f", "\u0085", "\u00a0", "\u200b", "\u2025", "\u2028", "\uff0e", "\uff0f", "\ufeff"],
    ["\u3002", "\ud800", "%0d%0aHost:%20", "%", "mandates", "tokens", "a", "é", "[", "]", "|"],
    ["%252e", "%252f", "%255C", "..;", "..%2f", "%2e%2e%2f"],
    ["http:", "https:", "http://", "javascript:", "user@", other, `//${other}`, `@${other}`]
  ].flat()

/** As a server sees them that decodes as often as it can, takes both slashes, and cuts off matrix parameters. */
const segmentsOf = (path: string): ReadonlyArray<string> => {
  const decoded = path.replaceAll(/%([0-7][\da-f])/gi, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16))
  )
  if (decoded !== path) return segmentsOf(decoded)
  return path.split(/[/\\]/).map((segment) => segment.replace(/[;?#].*$/s, ""))
}

const assertOurs = (request: Arrived, path: string, authority: string): void => {
  const target = targetOf(request)
  const told = JSON.stringify({ path, target })
  assert.strictEqual(headerOf(request.headers, "host"), authority, told)
  assert.match(target, /^\/[!-~]*$/, told)
  const [plain = ""] = target.split(/[?#]/)
  const [asked = ""] = path.split(/[?#]/)
  assert.notMatch(plain, /\/(\.|%2e){1,2}(\/|$)/i, told)
  for (const segment of segmentsOf(plain)) assert.notInclude([".", ".."], segment, told)
  // As many segments as were asked for: nothing was climbed over, nothing cut off.
  assert.strictEqual(plain.split("/").length, asked.split("/").length, told)
}

describe("T8: a merchant call stays on its origin", () => {
  it.live("1 000 generated hostile paths: refused, or asked for as they stand, from us alone", () =>
    Effect.gen(function* () {
      const other = yield* hostileSocket((socket) => socket.end(answer(200)))
      const server = yield* hostileSocket(mintingOr((socket) => socket.write(answer(200))))
      const parts = pieces(`127.0.0.1:${other.port}`)
      const next = seeded(8)
      const outcomes = { sent: 0, refused: 0 }
      yield* withMerchantOn(server.url, (client) =>
        Effect.gen(function* () {
          yield* client.get("/mandates")
          for (let round = 0; round < 1_000; round++) {
            const tail = Array.from({ length: 1 + next(7) }, () => parts[next(parts.length)])
            const path = (next(4) === 0 ? "" : "/") + tail.join("")
            const before = server.seen.length
            const outcome = yield* Effect.result(client.get(path))
            const request = server.seen[before]
            if (request !== undefined) assertOurs(request, path, `127.0.0.1:${server.port}`)
            if (Result.isFailure(outcome)) {
              assert.strictEqual(outcome.failure.code, "invalid_request", JSON.stringify(path))
              assert.isUndefined(request)
            }
            outcomes[Result.isSuccess(outcome) ? "sent" : "refused"]++
          }
        })
      )
      assert.isAbove(outcomes.sent, 100)
      assert.isAbove(outcomes.refused, 100)
      assert.strictEqual(other.sockets.length, 0)
    })
  )

  it.live(
    "a path that climbs for a server that decodes again, or knows parameters, is refused",
    () =>
      Effect.gen(function* () {
        const server = yield* hostileSocket(mintingOr((socket) => socket.write(answer(200))))
        yield* withMerchantOn(server.url, (client) =>
          Effect.gen(function* () {
            for (const tail of [
              [
                "/..;/tokens",
                "/..;x=1",
                "/.;/tokens",
                "/..%3b/tokens",
                "/..%2ftokens",
                "/..%5ctokens"
              ],
              ["/%2e%2e%2Ftokens", "/%252e%252e%252ftokens", "%2f..%2ftokens", "/..%3ft", "/..%23"]
            ].flat()) {
              const { code } = yield* Effect.flip(client.get(`/mandates${tail}`))
              assert.strictEqual(code, "invalid_request", tail)
            }
            assert.strictEqual(server.sockets.length, 0)
            for (const tail of ["/..b", "/...", ";b/c", "%2fb", "/b..", "?next=/../c%2f..%2f"]) {
              yield* client.get(`/mandates${tail}`)
              assert.strictEqual(targetOf(server.seen.at(-1) ?? assert.fail()), `/mandates${tail}`)
            }
          })
        )
      })
  )

  it.live("control characters at the end of a path do not hide that it climbs", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(mintingOr((socket) => socket.write(answer(200))))
      yield* withMerchantOn(server.url, (client) =>
        Effect.gen(function* () {
          for (let code = 0; code <= 0x20; code++) {
            const path = `/mandates/..${String.fromCharCode(code)}`
            const { code: error } = yield* Effect.flip(client.get(path))
            assert.strictEqual(error, "invalid_request")
          }
        })
      )
      assert.strictEqual(server.sockets.length, 0)
    })
  )

  it.live("neither a header nor a query nor a fragment changes where the token goes", () =>
    Effect.gen(function* () {
      const other = yield* hostileSocket((socket) => socket.end(answer(200)))
      const server = yield* hostileSocket(mintingOr((socket) => socket.write(answer(200))))
      const authority = `127.0.0.1:${other.port}`
      const headers = { host: authority, Host: authority, "x-forwarded-host": authority }
      yield* withMerchantOn(server.url, (client) =>
        client.get("/mandates", { headers, urlParams: { next: other.url }, hash: "@evil" })
      )
      const broker = yield* promiseBrokerOn(server.url)
      const handle = yield* Effect.promise(() =>
        broker.forOrganisation("merchant-1", { scopes: ["admin"] })
      )
      yield* Effect.promise(() => handle.fetch(`/mandates?next=//${authority}#@evil`, { headers }))
      const calls = server.seen.filter(({ line }) => line.includes("mandates"))
      assert.strictEqual(calls.length, 2)
      for (const call of calls) {
        assert.strictEqual(headerOf(call.headers, "host"), `127.0.0.1:${server.port}`)
        assert.match(targetOf(call), /^\/mandates\?next=/)
      }
      assert.strictEqual(other.sockets.length, 0)
    })
  )
})
