import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Socket } from "node:net"
import { grantFor } from "../support/broker.ts"
import { answer, mintingOr, tokenAnswer } from "../support/hostileAnswers.ts"
import {
  promiseBrokerOn,
  refusal,
  withBrokerOn,
  withGatekeeper,
  withMerchantOn,
  wordOf
} from "../support/hostileClient.ts"
import { type Arrived, type Handle, hostileSocket } from "../support/hostileSocket.ts"

/** Writes, and resets the connection when that has left. */
const thenReset =
  (text: (request: Arrived, count: number) => string | Buffer): Handle =>
  (socket, request, count) => {
    socket.write(text(request, count), () => socket.resetAndDestroy())
  }

const partOf = (part: number) =>
  thenReset((request, count) => {
    const whole = tokenAnswer(request, count)
    return whole.subarray(0, Math.floor(whole.length * part))
  })

const beforeSending: ReadonlyArray<readonly [string, (socket: Socket) => void]> = [
  ["when the connection is made", (socket) => socket.resetAndDestroy()],
  ["with the first byte", (socket) => socket.once("data", () => socket.resetAndDestroy())],
  ["closed without a word", (socket) => socket.end()]
]

describe("F8: resets", () => {
  it.live.each(beforeSending)("%s: Unavailable, tried again, twice at most", ([, onConnection]) =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(() => undefined, { onConnection })
      yield* withBrokerOn(server.url, (broker) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          const { reason } = yield* Effect.flip(broker.acquire(grant))
          assert.strictEqual(wordOf(reason), "transfer")
          assert.strictEqual((yield* broker.explain(grant)).answersLost, 2)
        })
      )
      assert.strictEqual(server.sockets.length, 2)
    })
  )

  it.live.each([0, 0.01, 0.1, 0.5, 0.9, 0.999])("after %d of the answer: Unavailable", (part) =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(partOf(part))
      assert.strictEqual(wordOf(yield* refusal(server.url)), "transfer")
    })
  )

  it.live.each([0, 0.5, 0.999])(
    "once, after %d of the answer: the next try has its own token",
    (part) =>
      Effect.gen(function* () {
        const server = yield* hostileSocket((socket, request, count) => {
          if (count === 1) partOf(part)(socket, request, count)
          else socket.write(tokenAnswer(request, count))
        })
        yield* withBrokerOn(server.url, (broker) =>
          Effect.gen(function* () {
            const grant = yield* grantFor("merchant-1")
            assert.strictEqual((yield* broker.acquire(grant)).id as string, "token-2")
            assert.strictEqual((yield* broker.explain(grant)).answersLost, 1)
          })
        )
        assert.deepStrictEqual(
          server.seen.map(({ connection }) => connection),
          [1, 2]
        )
      })
  )

  it.live("after a whole answer: it counts, and the next request has a new connection", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(tokenAnswer(request, count))
      )
      yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          for (let round = 1; round <= 3; round++) {
            const { token } = yield* gatekeeper.requestToken(grant)
            assert.strictEqual(token.id as string, `token-${round}`)
            server.sockets.at(-1)?.resetAndDestroy()
            yield* server.closed(round)
          }
        })
      )
      assert.isAtLeast(server.sockets.length, 3)
    })
  )

  it.live("a kept connection that is reset by the next request: nothing is sent twice unseen", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket((socket, request, count) => {
        if (count === 2) socket.resetAndDestroy()
        else socket.write(tokenAnswer(request, count))
      })
      yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          yield* gatekeeper.requestToken(grant)
          const { reason } = yield* Effect.flip(gatekeeper.requestToken(grant))
          assert.strictEqual(wordOf(reason), "transfer")
        })
      )
      // The platform must not repeat a POST by itself: each repetition may make a token.
      assert.strictEqual(server.seen.length, 2)
    })
  )
})

describe("F8: resets of merchant calls", () => {
  it.live.each(["", "HTTP/1.1 200 -\r\ncontent-le"])(
    "after %j: Unavailable, and not sent again",
    (head) =>
      Effect.gen(function* () {
        const server = yield* hostileSocket(mintingOr(thenReset(() => head)))
        yield* withMerchantOn(server.url, (client) =>
          Effect.map(Effect.flip(client.post("/payments")), ({ code }) =>
            assert.strictEqual(code, "unavailable")
          )
        )
        assert.strictEqual(server.seen.length, 2)
      })
  )

  it.live("in the body of an answer: who reads it is told, and cannot take it for whole", () =>
    Effect.gen(function* () {
      const half = answer(200, '{"data":[1,2,3]}').subarray(0, -5)
      const server = yield* hostileSocket(mintingOr(thenReset(() => half)))
      const broker = yield* promiseBrokerOn(server.url)
      const outcome = yield* Effect.promise(async () => {
        const handle = await broker.forOrganisation("merchant-1", { scopes: ["admin"] })
        const got = await handle.fetch("/mandates").catch(() => undefined)
        return got?.text().catch(() => undefined)
      })
      assert.isUndefined(outcome)
    })
  )
})
