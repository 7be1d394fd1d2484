import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor } from "../support/broker.ts"
import { answer, tokenAnswer, tokenBody } from "../support/hostileAnswers.ts"
import { withGatekeeper } from "../support/hostileClient.ts"
import { type Arrived, hostileSocket } from "../support/hostileSocket.ts"

const crlf = "\r\n"
const created = (headers: ReadonlyArray<string>, body: string): string =>
  ["HTTP/1.1 201 -", ...headers, "", body].join(crlf)
const chunk = (text: string): string => `${text.length.toString(16)}${crlf}${text}${crlf}`

/** A token that was never asked for, by whoever comes next. */
const leftover = (request: Arrived): string => tokenAnswer(request, 666).toString()

/** How the first answer goes wrong; the second is right. `taken`: the first may still be understood. */
interface Wrong {
  readonly name: string
  readonly taken?: boolean
  readonly write: (body: string, request: Arrived) => string
}

const lengths: ReadonlyArray<Wrong> = [
  { name: "a length that is too short", write: (body) => created(["content-length: 20"], body) },
  { name: "a length of 0 before a body", write: (body) => created(["content-length: 0"], body) },
  { name: "a negative length", write: (body) => created(["content-length: -1"], body) },
  { name: "a length that is no number", write: (body) => created(["content-length: all"], body) },
  {
    name: "a length past all bounds",
    write: (body) => created([`content-length: ${"9".repeat(40)}`], body)
  },
  {
    name: "two lengths",
    write: (body) => created([`content-length: ${body.length}`, "content-length: 20"], body)
  },
  {
    name: "two lengths in one",
    write: (body) => created([`content-length: ${body.length}, 20`], body)
  },
  {
    name: "a length and chunks",
    write: (body) =>
      created(["content-length: 20", "transfer-encoding: chunked"], `${chunk(body)}0${crlf}${crlf}`)
  },
  {
    name: "chunks of a wrong size",
    write: (body) =>
      created(["transfer-encoding: chunked"], `5${crlf}${body}${crlf}0${crlf}${crlf}`)
  },
  {
    name: "a chunk size that is no number",
    write: (body) => created(["transfer-encoding: chunked"], `xyz${crlf}${body}`)
  },
  {
    name: "a chunk size past all bounds",
    write: (body) => created(["transfer-encoding: chunked"], `${"f".repeat(20)}${crlf}${body}`)
  }
]

const strays: ReadonlyArray<Wrong> = [
  {
    name: "bytes after the answer",
    taken: true,
    write: (body) => `${answer(201, body).toString()}stray bytes`
  },
  {
    name: "a second answer glued to the first",
    taken: true,
    write: (body, request) => answer(201, body).toString() + leftover(request)
  },
  {
    name: "a hundred answers glued together",
    taken: true,
    write: (body, request) => answer(201, body).toString() + leftover(request).repeat(100)
  },
  {
    name: "an answer glued to an empty one",
    write: (_, request) => answer(204).toString() + leftover(request)
  },
  {
    name: "an answer glued to a refusal",
    write: (_, request) => answer(503).toString() + leftover(request)
  },
  {
    name: "an answer hidden behind a length that is too short",
    write: (body, request) => created(["content-length: 2"], body.slice(0, 2) + leftover(request))
  },
  {
    name: "an answer hidden behind the last chunk",
    taken: true,
    write: (body, request) =>
      created(["transfer-encoding: chunked"], `${chunk(body)}0${crlf}${crlf}${leftover(request)}`)
  }
]

const heads: ReadonlyArray<Wrong> = [
  { name: "no HTTP at all", write: () => `220 smtp ready${crlf}${crlf}` },
  { name: "HTTP/0.9", write: (body) => body },
  { name: "HTTP/9.9", write: (body) => answer(201, body).toString().replace("1.1", "9.9") },
  { name: "a status of four digits", write: (body) => answer(2010, body).toString() },
  { name: "a status of letters", write: () => `HTTP/1.1 ABC -${crlf}${crlf}` },
  {
    name: "a NUL in a header",
    write: (body) => created([`x: a\u0000b`, `content-length: ${body.length}`], body)
  },
  {
    name: "a header without a name",
    write: (body) => created([": x", `content-length: ${body.length}`], body)
  },
  { name: "a head of 1 MiB", write: (body) => created([`x: ${"y".repeat(1_048_576)}`], body) },
  {
    name: "a switch of protocols",
    write: () => created(["upgrade: h2c", "connection: upgrade"], "").replace("201", "101")
  }
]

/** Two requests, one after the other, of which the first is answered wrongly. */
const twice = (wrong: Wrong, ending: "kept" | "ended") =>
  Effect.gen(function* () {
    const server = yield* hostileSocket((socket, request, count) => {
      if (count > 1) return socket.write(tokenAnswer(request, count))
      const text = wrong.write(tokenBody(request, count), request)
      return ending === "kept" ? socket.write(text) : socket.end(text)
    })
    const grant = yield* grantFor("merchant-1")
    return yield* withGatekeeper(server.url, (gatekeeper) =>
      Effect.gen(function* () {
        const first = yield* Effect.result(gatekeeper.requestToken(grant))
        yield* settle
        const second = yield* Effect.result(gatekeeper.requestToken(grant))
        return { first, second, server }
      })
    )
  })

describe("F9: answers whose frame is wrong", () => {
  it.live.each([...lengths, ...strays, ...heads])(
    "$name: no token that was not asked for, and the next request has its own answer",
    (wrong) =>
      Effect.gen(function* () {
        for (const ending of ["kept", "ended"] as const) {
          const { first, second, server } = yield* twice(wrong, ending)
          if (Result.isFailure(first)) {
            assert.include(["unavailable", "malformed_answer", "unsupported"], first.failure.code)
          } else {
            assert.isTrue(wrong.taken, "no token may be read out of this")
            assert.strictEqual(first.success.token.id as string, "token-1")
          }
          assert.isTrue(Result.isSuccess(second), ending)
          if (Result.isSuccess(second)) {
            assert.strictEqual(second.success.token.id as string, "token-2")
          }
          // What came too much closes its connection: it is not used again.
          assert.deepStrictEqual(
            server.seen.map(({ connection }) => connection),
            [1, 2]
          )
          yield* server.closed(1)
        }
      })
  )

  it.live("F9: less than the length says, and then the end, is Unavailable", () =>
    Effect.gen(function* () {
      const short: Wrong = { name: "", write: (body) => created(["content-length: 5000"], body) }
      const { first, second } = yield* twice(short, "ended")
      assert.strictEqual(Result.isFailure(first) && first.failure.code, "unavailable")
      assert.isTrue(Result.isSuccess(second))
    })
  )

  it.live(
    "F9: without a length the end of the connection is the end, and half an answer is none",
    () =>
      Effect.gen(function* () {
        const half: Wrong = { name: "", write: (body) => created([], body.slice(0, -3)) }
        const { first } = yield* twice(half, "ended")
        assert.strictEqual(Result.isFailure(first) && first.failure.code, "malformed_answer")
        const whole: Wrong = { name: "", write: (body) => created([], body) }
        assert.isTrue(Result.isSuccess((yield* twice(whole, "ended")).first))
      })
  )

  it.live("an answer that nobody asked for, on an idle connection, closes it", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(tokenAnswer(request, count))
      )
      const grant = yield* grantFor("merchant-1")
      yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.gen(function* () {
          yield* gatekeeper.requestToken(grant)
          yield* settle
          const [asked] = server.seen
          if (asked !== undefined) server.sockets[0]?.write(leftover(asked))
          yield* server.closed(1)
          const { token } = yield* gatekeeper.requestToken(grant)
          assert.strictEqual(token.id as string, "token-2")
        })
      )
      assert.strictEqual(server.sockets.length, 2)
    })
  )
})

describe("F9, T1: an answer that is staged for the merchant who comes next", () => {
  it.live("never reaches another merchant, however many ask at once", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) => {
        const foreign = tokenAnswer(request, 1_000 + count, { requestedOrganisation: "merchant-0" })
        socket.write(Buffer.concat([tokenAnswer(request, count), foreign]))
      })
      const merchants = Array.from({ length: 200 }, (_, one) => `merchant-${1 + (one % 20)}`)
      const tokens = yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.forEach(
          merchants,
          (merchant) =>
            Effect.gen(function* () {
              const grant = yield* grantFor(merchant)
              return yield* Effect.result(gatekeeper.requestToken(grant))
            }),
          { concurrency: 8 }
        )
      )
      const taken = tokens.flatMap((outcome, index) =>
        Result.isSuccess(outcome) ? [[outcome.success.token, merchants[index]] as const] : []
      )
      assert.isAbove(taken.length, 20)
      for (const [token, merchant] of taken) {
        assert.strictEqual(token.organisation, merchant)
        assert.isBelow(Number(token.id.slice("token-".length)), 1_000)
      }
    })
  )
})
