import { assert, describe, it } from "@effect/vitest"
import * as Grant from "@onbehalf/core/Grant"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { grantFor } from "../support/broker.ts"
import { answer, isTokenCall, mintingOr, tokenAnswer } from "../support/hostileAnswers.ts"
import { withGatekeeper, withMerchantOn } from "../support/hostileClient.ts"
import { type Arrived, type Handle, headerOf, hostileSocket } from "../support/hostileSocket.ts"

const bytes = Array.from({ length: 256 }, (_, byte) => byte)
const around = (byte: number): string => `a${String.fromCharCode(byte)}b`

const minting: Handle = (socket, request, count) => socket.write(tokenAnswer(request, count))

/** The names of a request's headers, in order: one more would have been smuggled in. */
const names = ({ headers }: Arrived): ReadonlyArray<string> =>
  headers.map((header) => header.slice(0, header.indexOf(":")).toLowerCase())

describe("T9: every byte from 0 to 255 on the wire", () => {
  it.live("in the API key: refused as a setting, or exactly so in the one header", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(minting)
      const grant = yield* grantFor("merchant-1")
      for (const byte of bytes) {
        const key = around(byte)
        const ask = withGatekeeper(server.url, (gatekeeper) => gatekeeper.requestToken(grant), {
          apiKey: Redacted.make(key)
        })
        const before = server.seen.length
        const outcome = yield* Effect.result(ask)
        const request = server.seen[before]
        const fits = /^[!-9;-~]$/.test(key.slice(1, -1))
        assert.strictEqual(Result.isSuccess(outcome), fits, String(byte))
        assert.strictEqual(request !== undefined, fits, String(byte))
        if (request !== undefined) {
          assert.strictEqual(headerOf(request.headers, "authorization"), `Basic ${btoa(`${key}:`)}`)
          assert.deepStrictEqual(names(request), names(server.seen[0] ?? request))
        }
        if (Result.isFailure(outcome)) {
          assert.strictEqual(outcome.failure.code, "invalid_configuration")
          assert.notInclude(outcome.failure.message, key)
        }
      }
    })
  )

  it.live.each([
    ["text", "accessToken", /^[A-Za-z0-9._~+/=-]$/],
    ["id", "id", /^[A-Za-z0-9_-]$/]
  ] as const)("in the %s of a token that arrives", ([, field, fitting]) =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(tokenAnswer(request, count, { [field]: around(count - 1) }))
      )
      const grant = yield* grantFor("merchant-1")
      yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.gen(function* () {
          for (const byte of bytes) {
            const outcome = yield* Effect.result(gatekeeper.requestToken(grant))
            const fits = fitting.test(String.fromCharCode(byte))
            assert.strictEqual(Result.isSuccess(outcome), fits, String(byte))
            if (Result.isFailure(outcome)) {
              assert.strictEqual(outcome.failure.code, "malformed_answer")
            }
          }
        })
      )
      assert.strictEqual(server.seen.length, 256)
    })
  )

  it.live("a token of every character that it may have stands in the header as it is", () =>
    Effect.gen(function* () {
      const fitting = bytes
        .map((byte) => String.fromCharCode(byte))
        .filter((char) => /[A-Za-z0-9._~+/=-]/.test(char))
        .join("")
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(
          isTokenCall(request) ? tokenAnswer(request, count, { accessToken: fitting }) : answer(200)
        )
      )
      yield* withMerchantOn(server.url, (client) => client.get("/mandates"))
      const call = server.seen.at(-1)
      assert.strictEqual(headerOf(call?.headers ?? [], "authorization"), `Bearer ${fitting}`)
    })
  )

  it.live("in an organisation's id", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(minting)
      yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.gen(function* () {
          for (const byte of bytes) {
            const id = around(byte)
            const before = server.seen.length
            const asked = Effect.flatMap(
              Grant.forOrganisation(id, { scopes: ["admin"] }),
              gatekeeper.requestToken
            )
            const outcome = yield* Effect.result(asked)
            const fits = /^[A-Za-z0-9_-]+$/.test(id)
            assert.strictEqual(Result.isSuccess(outcome), fits, String(byte))
            const line = fits ? `POST /organisations/${id}/tokens HTTP/1.1` : undefined
            assert.strictEqual(server.seen[before]?.line, line)
          }
        })
      )
    })
  )

  it.live("in a resource id", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(minting)
      yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.gen(function* () {
          for (const byte of bytes) {
            const resourceId = around(byte)
            const grant = yield* Effect.result(
              Grant.forApplication({ products: ["emandates"], resourceId })
            )
            assert.strictEqual(Result.isSuccess(grant), /^[A-Za-z0-9_-]+$/.test(resourceId))
            if (Result.isFailure(grant)) continue
            yield* gatekeeper.requestToken(grant.success)
            const body = JSON.parse(server.seen.at(-1)?.body ?? "") as unknown
            assert.deepStrictEqual(body, { products: ["emandates"], resourceId })
          }
        })
      )
    })
  )
})

/** A merchant call with a header for each byte: refused, or sent with that one header more. */
const callWith = (options: {
  readonly headers: (byte: number) => Record<string, string>
  readonly fits: (byte: number) => boolean
  readonly added: (byte: number) => string
}) =>
  Effect.gen(function* () {
    const server = yield* hostileSocket(mintingOr((socket) => socket.write(answer(200))))
    yield* withMerchantOn(server.url, (client) =>
      Effect.gen(function* () {
        yield* client.get("/mandates")
        const plain = server.seen.at(-1)
        for (const byte of bytes) {
          const before = server.seen.length
          const outcome = yield* Effect.result(
            client.get("/mandates", { headers: options.headers(byte) })
          )
          const request = server.seen[before]
          assert.strictEqual(Result.isSuccess(outcome), options.fits(byte), String(byte))
          assert.strictEqual(request !== undefined, options.fits(byte), String(byte))
          if (request !== undefined && plain !== undefined) {
            const known = [...names(plain), options.added(byte)].toSorted()
            assert.deepStrictEqual(names(request).toSorted(), known)
            const authorization = headerOf(request.headers, "authorization")
            assert.strictEqual(authorization, "Bearer canary-token-text-1")
          }
          if (Result.isFailure(outcome)) {
            assert.strictEqual(outcome.failure.code, "invalid_request", String(byte))
          }
        }
      })
    )
  })

describe("T9: every byte from 0 to 255 in the headers of a merchant call", () => {
  it.live("in a value", () =>
    callWith({
      headers: (byte) => ({ "x-reference": around(byte) }),
      fits: (byte) => byte === 9 || (byte >= 32 && byte !== 127),
      added: () => "x-reference"
    })
  )

  it.live("in a name", () =>
    callWith({
      headers: (byte) => ({ [`x${String.fromCharCode(byte)}y`]: "value" }),
      fits: (byte) => /^[A-Za-z0-9!#$%&'*+.^_`|~-]$/.test(String.fromCharCode(byte)),
      added: (byte) => `x${String.fromCharCode(byte)}y`.toLowerCase()
    })
  )
})
