import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import type { Socket } from "node:net"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { answer, tokenBody } from "../support/hostileAnswers.ts"
import { askToken, refusal, wordOf } from "../support/hostileClient.ts"
import { type Handle, hostileSocket } from "../support/hostileSocket.ts"

const cap = 256 * 1024
const mebibyte = 1024 * 1024

/** The token's own JSON, padded with blanks to a size. */
const padded = (body: string, size: number): string => body + " ".repeat(size - body.length)

/** Sixteen mebibytes of blanks, as often as it takes; gzip members may stand in a row. */
const members = (bytes: number): Buffer => {
  const member = gzipSync(Buffer.alloc(16 * mebibyte, 0x20), { level: 9 })
  return Buffer.concat(Array.from({ length: bytes / (16 * mebibyte) }, () => member))
}

const blanks = Buffer.alloc(32 * mebibyte, 0x20)
const bombs: ReadonlyArray<readonly [string, string, Buffer]> = [
  ["512 MiB in gzip", "gzip", members(512 * mebibyte)],
  ["gzip in gzip", "gzip, gzip", gzipSync(members(512 * mebibyte))],
  ["gzip in brotli", "gzip, br", brotliCompressSync(members(64 * mebibyte))],
  ["deflate", "deflate", deflateSync(blanks)],
  ["deflate without a head", "deflate", deflateRawSync(blanks)],
  ["brotli", "br", brotliCompressSync(Buffer.alloc(8 * mebibyte, 0x20))],
  ["x-gzip", "x-gzip", members(64 * mebibyte)],
  ["a thousand layers", Array(1_000).fill("gzip").join(", "), gzipSync("{}")],
  ["a coding that is none", "bomb", gzipSync("{}")]
]

/** Writes as fast as it is read, without end; counts. */
const pouring = (head: string, piece: string, sufficient = 512 * mebibyte) => {
  const poured = { bytes: 0 }
  const { promise, resolve } = Promise.withResolvers<void>()
  const pour = (socket: Socket): void => {
    if (socket.destroyed || poured.bytes > sufficient) resolve()
    if (socket.destroyed || poured.bytes > 512 * mebibyte) return
    poured.bytes += piece.length
    socket.write(piece, () => setImmediate(() => pour(socket)))
  }
  const handle: Handle = (socket) => {
    socket.write(head)
    pour(socket)
  }
  /** Until that much was read, or no more will be. */
  return { handle, poured, enough: Effect.promise(() => promise) }
}

const chunked = "HTTP/1.1 201 -\r\ntransfer-encoding: chunked\r\n\r\n"
const endless: ReadonlyArray<readonly [string, string, string]> = [
  ["a body in chunks", chunked, `10000\r\n${"x".repeat(65_536)}\r\n`],
  ["a body in chunks of a byte", chunked, "1\r\n \r\n".repeat(10_000)],
  ["trailers", `${chunked}0\r\n`, `t: ${"x".repeat(1_000)}\r\n`.repeat(64)],
  ["a body until the connection closes", "HTTP/1.1 201 -\r\n\r\n", "x".repeat(65_536)],
  [
    "a length of a gibibyte",
    "HTTP/1.1 201 -\r\ncontent-length: 1073741824\r\n\r\n",
    " ".repeat(65_536)
  ],
  ["a header", "HTTP/1.1 201 -\r\nx: ", "y".repeat(65_536)],
  ["headers", "HTTP/1.1 201 -\r\n", `x: ${"y".repeat(1_000)}\r\n`.repeat(64)],
  ["the body of a refusal", "HTTP/1.1 403 -\r\n\r\n", "x".repeat(65_536)]
]

/** What never ends before the body begins; the platform reads on, and keeps none of it. */
const unbegun: ReadonlyArray<readonly [string, string, string]> = [
  ["a chunk size", chunked, "0".repeat(65_536)],
  ["a chunk extension", `${chunked}1;`, "x".repeat(65_536)],
  ["a status line", "HTTP/1.1 201 ", "x".repeat(65_536)]
]

describe("T18: answers that are too large", () => {
  it.live("256 KiB to the byte is read, one byte more is not", () =>
    Effect.gen(function* () {
      for (const [size, fits] of [
        [cap - 1, true],
        [cap, true],
        [cap + 1, false],
        [2 * cap, false]
      ] as const) {
        const plain = yield* hostileSocket((socket, request, count) =>
          socket.write(answer(201, padded(tokenBody(request, count), size)))
        )
        const packed = yield* hostileSocket((socket, request, count) => {
          const body = gzipSync(padded(tokenBody(request, count), size))
          socket.write(answer(201, body, { "content-encoding": "gzip" }))
        })
        for (const { url } of [plain, packed]) {
          const outcome = fits
            ? Effect.as(askToken(url), "taken")
            : Effect.map(refusal(url), wordOf)
          assert.strictEqual(yield* outcome, fits ? "taken" : "MalformedAnswer", String(size))
        }
      }
    })
  )

  it.live.each(bombs)("a bomb, %s: refused, and not unpacked", ([, coding, body]) =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket) =>
        socket.write(answer(201, body, { "content-encoding": coding }))
      )
      const before = process.memoryUsage()
      assert.include(["MalformedAnswer", "transfer"], wordOf(yield* refusal(server.url)))
      const after = process.memoryUsage()
      const grown = after.external + after.arrayBuffers - before.external - before.arrayBuffers
      assert.isBelow(grown, 64 * mebibyte)
    })
  )

  it.live("no coding is asked for", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(answer(201, tokenBody(request, count)))
      )
      yield* askToken(server.url)
      const accepted = server.seen[0]?.headers.filter((header) => /^accept-encoding/i.test(header))
      assert.deepStrictEqual(accepted, ["accept-encoding: identity"])
    })
  )

  it.live.each(endless)("%s without end is cut off, and its connection closed", ([, head, piece]) =>
    Effect.gen(function* () {
      const { handle, poured } = pouring(head, piece)
      const server = yield* hostileSocket(handle)
      assert.include(
        ["MalformedAnswer", "Forbidden", "transfer"],
        wordOf(yield* refusal(server.url))
      )
      yield* server.closed(1)
      assert.isBelow(poured.bytes, 64 * mebibyte)
    })
  )

  it.effect.each([
    ...unbegun,
    ["early hints", "", "HTTP/1.1 103 -\r\n\r\n".repeat(1_000)] as const
  ])(
    "%s without end costs the time of one request and no memory, and its connection is closed",
    ([, head, piece]) =>
      Effect.gen(function* () {
        const { enough, handle } = pouring(head, piece, 4 * mebibyte)
        const server = yield* hostileSocket(handle)
        const fiber = yield* Effect.forkChild(refusal(server.url), { startImmediately: true })
        yield* enough
        yield* TestClock.adjust("5 seconds")
        assert.include(["timeout", "transfer"], wordOf(yield* Fiber.join(fiber)))
        yield* server.closed(1)
      })
  )
})
