import { assert, describe, it } from "@effect/vitest"
import * as Grant from "@onbehalf/core/Grant"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { TestClock } from "effect/testing"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { minting, tokenAnswer } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"
import { root } from "../support/process.ts"

const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]

describe("T17: names that JavaScript knows", () => {
  it.effect("as organisations: each has its own token, and nothing is polluted", () =>
    withBroker(minting, (broker, asked) =>
      Effect.gen(function* () {
        for (const name of names) {
          const token = yield* broker.acquire(yield* grantFor(name))
          assert.strictEqual(token.organisation, name)
        }
        yield* Effect.forEach(names, (name) => Effect.flatMap(grantFor(name), broker.acquire))
        assert.strictEqual(asked.length, names.length)
        assert.deepStrictEqual(Object.keys(Object.prototype), [])
      })
    )
  )

  it.effect("as scopes and as fields of an answer", () =>
    withBroker(
      () =>
        new Response(
          `{"__proto__":{"polluted":1},"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},` +
            `"id":"t1","accessToken":"text-1","tokenType":"BEARER","status":"ACTIVE","requestedOrganisation":"m1",` +
            `"scopes":${JSON.stringify(names)},"createdTimestamp":1800000000000,"expiryTime":1800000600000}}`,
          { status: 201 }
        ),
      (broker) =>
        Effect.gen(function* () {
          const token = yield* broker.acquire(yield* Grant.forOrganisation("m1", { scopes: names }))
          assert.deepStrictEqual(token.scopes, names)
          assert.isUndefined(({} as { polluted?: number }).polluted)
          assert.isUndefined((token as { polluted?: number }).polluted)
        })
    )
  )
})

describe("T9: every byte in what goes out", () => {
  it.effect("an organisation id is refused or arrives as it is", () =>
    withBroker(minting, (broker, asked) =>
      Effect.gen(function* () {
        for (let byte = 0; byte < 256; byte++) {
          const id = `a${String.fromCharCode(byte)}b`
          const grant = yield* Effect.exit(Grant.forOrganisation(id, { scopes: ["admin"] }))
          assert.strictEqual(Exit.isSuccess(grant), /^[A-Za-z0-9_-]+$/.test(id))
          if (Exit.isSuccess(grant)) yield* broker.acquire(grant.value)
          if (Exit.isSuccess(grant)) {
            assert.strictEqual(asked.at(-1)?.path, `/organisations/${id}/tokens`)
          }
        }
      })
    )
  )
})

describe("T19: our own regular expressions are linear", () => {
  const files = globSync(["packages/core/src/**/*.ts"], { cwd: root })
  const patterns = files.flatMap((file) =>
    [
      ...readFileSync(join(root, file), "utf8").matchAll(
        /[(=>&|,!?:]\s*(\/(?![*/])(?:\\.|\[(?:\\.|[^\]])*\]|[^/\n])+\/[gimuy]*)/g
      )
    ].map(([, literal]) => literal ?? "")
  )
  const inputs = ["a", ".", "/", "/.", "%2e", " ", "\u0000", "1:", "é", "http://"].flatMap(
    (piece) => [
      piece.repeat(Math.ceil(100_000 / piece.length)),
      `${piece.repeat(Math.ceil(100_000 / piece.length))}!`
    ]
  )

  it("there are some", () => assert.isAbove(patterns.length, 8))

  it.each([...new Set(patterns)])("%s", (literal) => {
    const end = literal.lastIndexOf("/")
    const pattern = new RegExp(literal.slice(1, end), literal.slice(end + 1).replace("g", ""))
    for (const input of inputs) {
      const before = process.cpuUsage()
      pattern.test(input)
      const used = process.cpuUsage(before)
      // Ten milliseconds, and as much again for whatever else the process does.
      assert.isBelow((used.user + used.system) / 1_000, 100)
    }
  })
})

describe("F13, F39: clocks", () => {
  it.effect("F13: the wall clock may step by hours; life goes by the monotonic clock", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const wall = { offset: 0 }
      const stepping: Clock.Clock = Object.assign(Object.create(clock) as Clock.Clock, {
        sleep: (duration: Parameters<Clock.Clock["sleep"]>[0]) => clock.sleep(duration),
        monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + wall.offset
      })
      yield* withBroker(
        (asked, count) => (count === 1 ? minting(asked, count) : new Response("", { status: 503 })),
        (broker) =>
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

  it.live("F39: a life of a year sets no timer that overflows", () =>
    withBroker(
      () => tokenAnswer({ expiryTime: 1_800_000_000_000 + 31_556_926_000 }),
      (broker, asked) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1", 31_556_926))
          yield* source.token()
          yield* Effect.sleep("20 millis")
          assert.isDefined(source.peek())
          assert.strictEqual(asked.length, 1)
          const { held } = yield* broker.explain(source.grant)
          assert.isAbove(held?.usableFor ?? 0, 31_000_000_000)
        })
    )
  )
})
