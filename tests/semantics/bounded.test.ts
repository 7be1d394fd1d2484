import { assert, describe, it } from "@effect/vitest"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { minting, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

describe("invariant 8: everything is bounded", () => {
  it.effect("a flight ends at its deadline, whatever the upstream does", () =>
    withBroker(
      () => new Promise<Response>(() => undefined),
      (broker, asked) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(
            Effect.flip(broker.acquire(yield* grantFor("merchant-1")))
          )
          for (let second = 0; second < 15; second++) {
            yield* settle
            yield* TestClock.adjust("1 second")
          }
          yield* settle
          const { reason } = yield* Fiber.join(fiber)
          assert.strictEqual(reason._tag === "Unavailable" && reason.problem, "timeout")
          assert.isAtMost(asked.length, 4)
        })
    )
  )

  it.effect("10 000 fetches under way at once, no more: the next is refused as overloaded", () =>
    withBroker(
      () => new Promise<Response>(() => undefined),
      (broker) =>
        Effect.gen(function* () {
          for (let merchant = 0; merchant < 10_000; merchant++) {
            const grant = yield* grantFor(`merchant-${merchant}`)
            yield* Effect.forkChild(broker.acquire(grant), { startImmediately: true })
          }
          const { reason } = yield* Effect.flip(broker.acquire(yield* grantFor("one-too-many")))
          assert.strictEqual(reason._tag === "Unavailable" && reason.problem, "overloaded")
        })
    )
  )

  it.effect("the memory store forgets what was fetched longest ago", () =>
    withBroker(
      minting,
      (broker) =>
        Effect.gen(function* () {
          for (const merchant of ["m1", "m2", "m3"]) {
            yield* broker.acquire(yield* grantFor(merchant))
          }
          const held = (yield* broker.entries).map((entry) => entry.organisation)
          assert.sameMembers(held, ["m2", "m3"])
        }),
      { store: MemoryStore.layer({ maximumTokens: 2 }) }
    )
  )

  it.effect("revocations that keep overtaking a flight end it", () =>
    Effect.suspend(() => {
      const revokeNow: Array<() => Promise<unknown>> = []
      return withBroker(
        async (asked, count) => {
          if (asked.path.endsWith("revoke")) return Response.json({ data: {} })
          await revokeNow[0]?.()
          return minting(asked, count)
        },
        (broker) =>
          Effect.gen(function* () {
            const context = yield* Effect.context<never>()
            revokeNow.push(() =>
              Effect.runPromiseWith(context)(broker.revokeOrganisation("merchant-1"))
            )
            const { reason } = yield* Effect.flip(broker.acquire(yield* grantFor("merchant-1")))
            assert.strictEqual(reason._tag === "Unavailable" && reason.problem, "revoked")
          })
      )
    })
  )
})
