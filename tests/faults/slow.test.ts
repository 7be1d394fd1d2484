import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { TokenError } from "@onbehalf/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { TestClock } from "effect/testing"
import type { Socket } from "node:net"
import { settle } from "../../packages/core/test/support/upstream.ts"
import { answer, isTokenCall, mintingOr, tokenAnswer } from "../support/hostileAnswers.ts"
import {
  askToken,
  promiseBrokerOn,
  refusal,
  rejection,
  withBrokerOn,
  withMerchantOn,
  wordOf
} from "../support/hostileClient.ts"
import { type Handle, hostileSocket } from "../support/hostileSocket.ts"
import { grantFor } from "../support/broker.ts"

/** The clock of these tests is ours: no second of them is waited for. */
const silent: Handle = () => undefined

/** One byte, seen to have left. */
const drop = (socket: Socket | undefined, byte: string): Effect.Effect<void> =>
  Effect.promise(
    () =>
      new Promise<void>((resolve) => {
        if (socket === undefined || socket.destroyed) resolve()
        else socket.write(byte, () => resolve())
      })
  )

/** A text a byte a second, while the clock runs; its last second is not over. */
const drip = (socket: Socket | undefined, text: string) =>
  Effect.forEach(
    text,
    (byte) =>
      Effect.andThen(drop(socket, byte), Effect.andThen(settle, TestClock.adjust("1 second"))),
    { discard: true }
  )

const heads: ReadonlyArray<readonly [string, string]> = [
  ["nothing at all", ""],
  ["a status line", "HTTP/1.1 201 -\r\n"],
  ["half a head", "HTTP/1.1 201 -\r\ncontent-type: application/json\r\ncontent-"],
  ["a head", "HTTP/1.1 201 -\r\ncontent-length: 1000\r\n\r\n"],
  ["a part of the body", 'HTTP/1.1 201 -\r\ncontent-length: 1000\r\n\r\n{"data":{'],
  ["a part of a chunk", 'HTTP/1.1 201 -\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"data":{'],
  ["an early hint", "HTTP/1.1 103 -\r\nlink: </x>\r\n\r\n"]
]

describe("F6, F7: slow and silent servers", () => {
  it.effect.each(heads)(
    "F7: silence after %s costs the time of one request, and the socket",
    ([, head]) =>
      Effect.gen(function* () {
        const server = yield* hostileSocket((socket) => socket.write(head))
        const fiber = yield* Effect.forkChild(refusal(server.url), { startImmediately: true })
        yield* server.arrived(1)
        yield* settle
        yield* TestClock.adjust("4999 millis")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(wordOf(yield* Fiber.join(fiber)), "timeout")
        yield* server.closed(1)
      })
  )

  it.effect.each([
    ["the head", "", "HTTP/1.1 201 -\r\n"],
    ["the body", "HTTP/1.1 201 -\r\ncontent-length: 1000\r\n\r\n", '{"data":{"id":"a"'],
    ["chunks", "HTTP/1.1 201 -\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\n{\r\n1\r\n \r\n"]
  ] as const)("F6: %s, a byte a second, does not stretch the time of a request", ([, head, rest]) =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket) => socket.write(head))
      const fiber = yield* Effect.forkChild(refusal(server.url), { startImmediately: true })
      yield* server.arrived(1)
      const [socket] = server.sockets
      yield* drip(socket, rest.slice(0, 4))
      assert.isUndefined(fiber.pollUnsafe())
      yield* drip(socket, rest.slice(4, 6))
      assert.strictEqual(wordOf(yield* Fiber.join(fiber)), "timeout")
      yield* server.closed(1)
    })
  )

  it.effect("F6: a connection that is never ready, as TLS whose handshake is not answered", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(silent)
      const url = server.url.replace("http:", "https:")
      const fiber = yield* Effect.forkChild(refusal(url), { startImmediately: true })
      yield* server.connected(1)
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(wordOf(yield* Fiber.join(fiber)), "timeout")
      assert.strictEqual(server.seen.length, 0)
    })
  )

  it.effect(
    "F7: all the tries of a flight end with its deadline, each with a socket of its own",
    () =>
      Effect.gen(function* () {
        const server = yield* hostileSocket(silent)
        const options = { deadline: 8_000, retryPolicy: { retries: 3, base: 1, cap: 1 } }
        yield* withBrokerOn(
          server.url,
          (broker) =>
            Effect.gen(function* () {
              const ask = Effect.flip(broker.acquire(yield* grantFor("merchant-1")))
              const fiber = yield* Effect.forkChild(ask, { startImmediately: true })
              for (let second = 0; second < 8; second++) {
                yield* server.arrived(second < 6 ? 1 : 2)
                yield* settle
                yield* TestClock.adjust("1 second")
              }
              assert.strictEqual(wordOf((yield* Fiber.join(fiber)).reason), "timeout")
            }),
          options
        )
        assert.strictEqual(server.seen.length, 2)
        yield* server.closed(1)
        yield* server.closed(2)
      })
  )

  it.live("F7: the promise facade hands its own time for a request on", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(silent)
      const broker = yield* promiseBrokerOn(server.url, { timeout: 200 })
      const began = performance.now()
      const error = yield* rejection(async () =>
        (await broker.forOrganisation("merchant-1", { scopes: ["admin"] })).token()
      )
      assert.instanceOf(error, TokenError)
      assert.strictEqual(wordOf(error.reason), "timeout")
      // The default would be five seconds.
      assert.isBelow(performance.now() - began, 4_000)
      yield* server.closed(1)
    })
  )

  it.effect("F7: a merchant call waits for its head as long as it was told", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(mintingOr(silent))
      yield* withMerchantOn(
        server.url,
        (client) =>
          Effect.gen(function* () {
            const fiber = yield* Effect.forkChild(Effect.flip(client.get("/mandates")), {
              startImmediately: true
            })
            yield* server.arrived(2)
            yield* TestClock.adjust("1999 millis")
            assert.isUndefined(fiber.pollUnsafe())
            yield* TestClock.adjust("1 millis")
            assert.strictEqual(wordOf((yield* Fiber.join(fiber)).reason), "timeout")
          }),
        { timeout: 2_000 }
      )
      yield* server.closed(server.seen[1]?.connection ?? 0)
    })
  )
})

describe("F6: who gives up closes the socket, and the other side sees it", () => {
  it.effect.each(heads)("an interrupted request, after %s", ([, head]) =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket) => socket.write(head))
      const fiber = yield* Effect.forkChild(askToken(server.url), { startImmediately: true })
      yield* server.arrived(1)
      yield* settle
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      yield* server.closed(1)
    })
  )

  it.effect("a broker that is closed while a flight is under way", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(silent)
      yield* withBrokerOn(server.url, (broker) =>
        Effect.gen(function* () {
          const ask = broker.acquire(yield* grantFor("merchant-1"))
          yield* Effect.forkChild(Effect.ignore(ask), { startImmediately: true })
          yield* server.arrived(1)
        })
      )
      yield* server.closed(1)
    })
  )

  it.effect("an interrupted merchant call", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(mintingOr(silent))
      yield* withMerchantOn(server.url, (client) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(client.get("/mandates"), { startImmediately: true })
          yield* server.arrived(2)
          yield* Fiber.interrupt(fiber)
          yield* server.closed(server.seen[1]?.connection ?? 0)
        })
      )
    })
  )

  it.live("a signal, in the head of an answer and in its body", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) => {
        if (isTokenCall(request)) socket.write(tokenAnswer(request, count))
        else if (request.line.includes("/body")) {
          socket.write("HTTP/1.1 200 -\r\ncontent-length: 1000\r\n\r\n{")
        }
      })
      const broker = yield* promiseBrokerOn(server.url)
      const handle = yield* Effect.promise(() =>
        broker.forOrganisation("merchant-1", { scopes: ["admin"] })
      )
      yield* Effect.promise(() => handle.token())
      const reason = new Error("the browser went away")
      for (const [path, count] of [
        ["/head", 2],
        ["/body", 3]
      ] as const) {
        const controller = new AbortController()
        const call = rejection(async () => {
          const { signal } = controller
          return (await handle.fetch(path, { signal })).text()
        })
        const fiber = yield* Effect.forkChild(call, { startImmediately: true })
        yield* server.arrived(count)
        yield* settle
        controller.abort(reason)
        assert.strictEqual(yield* Fiber.join(fiber), reason)
        yield* server.closed(server.seen[count - 1]?.connection ?? 0)
      }
    })
  )
})

describe("F6: an answer that is not wanted does not hold its socket", () => {
  const transports = {
    fetch: FetchHttpClient.layer,
    undici: NodeHttpClient.layerUndici,
    "node:http": NodeHttpClient.layerNodeHttp
  }
  it.live.each(
    Object.entries(transports).flatMap(([name, transport]) => [
      ["a refused token's", name, 401, "", transport] as const,
      ["a redirect's", name, 302, "location: /mandates\r\n", transport] as const
    ])
  )("%s body without end is not read on, over %s", ([, , status, header, transport]) =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(
        mintingOr((socket, _, count) => {
          if (count > 2) socket.write(answer(200))
          else socket.write(`HTTP/1.1 ${status} -\r\n${header}content-length: 1000\r\n\r\n{`)
        })
      )
      yield* withMerchantOn(
        server.url,
        (client) =>
          Effect.gen(function* () {
            yield* Effect.exit(client.get("/mandates"))
            yield* server.closed(server.seen[1]?.connection ?? 0)
          }),
        {},
        transport
      )
    })
  )
})
