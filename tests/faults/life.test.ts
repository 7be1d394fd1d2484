import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor } from "../support/broker.ts"
import { answer, tokenBody } from "../support/hostileAnswers.ts"
import { refusal, withBrokerOn, withGatekeeper, wordOf } from "../support/hostileClient.ts"
import { hostileSocket } from "../support/hostileSocket.ts"

const created = 1_800_000_000_000
const minute = 60_000

interface Sent {
  readonly createdTimestamp?: unknown
  readonly expiryTime?: unknown
  /** The `Date` header. */
  readonly date?: number
}

const sending = ({ date, ...fields }: Sent) =>
  hostileSocket((socket, request, count) => {
    const headers = date === undefined ? {} : { date: new Date(date).toUTCString() }
    socket.write(answer(201, tokenBody(request, count, fields), headers))
  })

describe("F12: the life of a token as the server states it; one minute was asked for", () => {
  it.live.each([
    ["as asked", { expiryTime: created + minute }, minute],
    ["shorter", { expiryTime: created + 30_000 }, 30_000],
    ["longer than asked", { expiryTime: created + 10 * minute }, minute],
    ["a century", { expiryTime: created + 3_155_692_600_000 }, minute],
    ["in seconds", { expiryTime: (created + minute) / 1000 }, minute],
    ["both in seconds", { createdTimestamp: created / 1000, expiryTime: created / 1000 }, minute],
    ["0", { expiryTime: 0 }, minute],
    ["negative", { expiryTime: -created }, minute],
    ["null", { expiryTime: null }, minute],
    ["missing", { expiryTime: undefined }, minute],
    ["a text", { expiryTime: String(created + 30_000) }, minute],
    [
      "no beginning, but a Date",
      { createdTimestamp: null, date: created, expiryTime: created + 20_000 },
      20_000
    ],
    [
      "beginning in seconds, with a Date",
      { createdTimestamp: created / 1000, date: created, expiryTime: created + 20_000 },
      20_000
    ],
    [
      "a Date an hour off does not count where there is a beginning",
      { date: created - 3_600_000, expiryTime: created + 30_000 },
      30_000
    ],
    ["nothing at all", { createdTimestamp: undefined, expiryTime: undefined }, minute]
  ] as const satisfies ReadonlyArray<readonly [string, Sent, number]>)("%s", ([, sent, life]) =>
    Effect.gen(function* () {
      const server = yield* sending(sent)
      const issued = yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.flatMap(grantFor("merchant-1", 60), gatekeeper.requestToken)
      )
      assert.strictEqual(issued.life, life)
    })
  )

  it.live.each([
    ["at the very moment", { expiryTime: created }],
    ["an hour before", { expiryTime: created - 3_600_000 }],
    ["before the Date", { createdTimestamp: null, date: created, expiryTime: created - 1_000 }]
  ] as const satisfies ReadonlyArray<readonly [string, Sent]>)(
    "expired on arrival, %s: no token",
    ([, sent]) =>
      Effect.gen(function* () {
        const server = yield* sending(sent)
        assert.strictEqual(wordOf(yield* refusal(server.url)), "MalformedAnswer")
      })
  )

  it.live("what would be at its limit when it arrives is not handed out, and asked for twice", () =>
    Effect.gen(function* () {
      const server = yield* sending({ expiryTime: created + 1_000 })
      yield* withBrokerOn(server.url, (broker) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(broker.acquire(yield* grantFor("merchant-1")))
          assert.strictEqual(error.code, "malformed_answer")
          assert.deepStrictEqual(yield* broker.entries, [])
        })
      )
      assert.strictEqual(server.seen.length, 2)
    })
  )
})

describe("F39: a life of a year", () => {
  const year = 31_556_926

  it.effect("is served for months without a request, and for no longer than it lasts", () =>
    Effect.gen(function* () {
      const server = yield* sending({ expiryTime: created + year * 1000 })
      yield* withBrokerOn(server.url, (broker) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1", year))
          yield* source.token()
          for (let month = 0; month < 7; month++) {
            yield* TestClock.adjust("30 days")
            assert.isDefined(source.peek(), `month ${month}`)
          }
          assert.strictEqual(server.seen.length, 1)
          yield* TestClock.adjust("156 days")
          assert.isUndefined(source.peek())
        })
      )
    })
  )

  it.live("waits that no timer can hold do not end at once", () =>
    Effect.gen(function* () {
      const server = yield* sending({ expiryTime: created + year * 1000 })
      const patient = { deadline: 2_147_483_648, retryPolicy: { retries: 0 } }
      yield* withBrokerOn(
        server.url,
        (broker) =>
          Effect.gen(function* () {
            const grant = yield* grantFor("merchant-1", year)
            const options = { deadline: 9_007_199_254_740_991, minimumValidity: 2_147_483_648 }
            assert.strictEqual((yield* broker.acquire(grant, options)).organisation, "merchant-1")
          }),
        patient
      )
      // A timer that had overflown would have fired by now.
      yield* settle
      assert.strictEqual(server.seen.length, 1)
    })
  )
})

describe("F13: clocks", () => {
  it.effect("the wall clock may step by hours: life goes by the monotonic clock", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const wall = { offset: 0 }
      const millis = () => clock.currentTimeMillisUnsafe() + wall.offset
      const nanos = () => clock.currentTimeNanosUnsafe() + BigInt(wall.offset) * 1_000_000n
      const stepping = Object.assign(Object.create(clock) as Clock.Clock, {
        currentTimeMillisUnsafe: millis,
        currentTimeMillis: Effect.sync(millis),
        currentTimeNanosUnsafe: nanos,
        currentTimeNanos: Effect.sync(nanos)
      })
      const server = yield* hostileSocket((socket, request, count) =>
        socket.write(count === 1 ? answer(201, tokenBody(request, count)) : answer(503))
      )
      yield* withBrokerOn(server.url, (broker) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1", 10))
          yield* source.token()
          for (const offset of [3_600_000, -3_600_000, 86_400_000]) {
            wall.offset = offset
            assert.isDefined(source.peek())
          }
          yield* TestClock.adjust("8900 millis")
          assert.isDefined(source.peek())
          yield* TestClock.adjust("200 millis")
          wall.offset = -86_400_000
          assert.isUndefined(source.peek())
        })
      ).pipe(Effect.provideService(Clock.Clock, stepping))
    })
  )
})
