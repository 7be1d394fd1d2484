import { assert, describe, it } from "@effect/vitest"
import type { BrokerEvent } from "@onbehalf/core/BrokerEvent"
import type { TokenBroker } from "@onbehalf/core/TokenBroker"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { minting, revoking, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"
import { far, faultsIn, operations, tiered, troubled } from "../support/troubledStore.ts"

/** Listens from now on, and tells what it has heard so far. */
const listen = Effect.fnUntraced(function* (broker: TokenBroker["Service"]) {
  const heard: Array<BrokerEvent> = []
  yield* broker.events.pipe(
    Stream.runForEach((event) => Effect.sync(() => heard.push(event))),
    Effect.forkChild({ startImmediately: true })
  )
  yield* settle
  return { heard: Effect.as(settle, heard) }
})

const troubleIn = (events: ReadonlyArray<BrokerEvent>) => [
  ...new Set(
    events.flatMap((event) =>
      event._tag === "StoreTrouble" ? [`${event.operation} ${event.problem}`] : []
    )
  )
]

const layouts = [
  { layout: "a far store alone", store: far },
  { layout: "a near tier before it", store: tiered }
] as const

const reads = faultsIn(["get", "lease"], "down")
const writes = faultsIn(["put", "remove", "revoke"], "down")
const failing = [
  { what: "down", faults: { ...faultsIn(operations, "down"), changes: "down" } as const },
  {
    what: "dying where it should fail",
    faults: { ...faultsIn(operations, "dying"), changes: "dying" } as const
  },
  { what: "failing to read", faults: reads },
  { what: "failing to write, as when it is full", faults: writes },
  { what: "failing to look up only", faults: faultsIn(["get"], "down") },
  { what: "failing to give leases only", faults: faultsIn(["lease"], "down") }
]

describe.each(layouts)("invariant 10: store trouble is not token trouble, with $layout", (it10) => {
  const { store } = it10

  it.effect.each(failing)("bypass, $what: tokens are had, and it shows", ({ faults }) => {
    const trouble = troubled(faults)
    return withBroker(
      revoking,
      (broker, asked) =>
        Effect.gen(function* () {
          const { heard } = yield* listen(broker)
          const grant = yield* grantFor("merchant-1")
          const all = yield* Effect.all(
            Array.from({ length: 100 }, () => broker.acquire(grant)),
            { concurrency: "unbounded" }
          )
          assert.strictEqual(new Set(all.map((token) => token.id)).size, 1)
          assert.strictEqual(all[0]?.organisation, "merchant-1")
          assert.strictEqual(asked.length, 1)
          const told = troubleIn(yield* heard)
          assert.isNotEmpty(told)
          for (const one of told) {
            const [operation] = one.split(" ")
            assert.property(faults, operation ?? "")
          }
          yield* TestClock.adjust("3 seconds")
          const { storeTrouble } = yield* broker.explain(grant)
          assert.include(told, `${storeTrouble?.operation} ${storeTrouble?.problem}`)
          assert.strictEqual(storeTrouble?.ago, 3_000)
        }),
      { store: store(trouble) }
    )
  })

  it.effect.each(failing)("bypass, $what: a revoked merchant gets a token", ({ faults }) => {
    const trouble = troubled()
    return withBroker(
      revoking,
      (broker, asked) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          const before = yield* broker.acquire(grant)
          yield* broker.revokeOrganisation("merchant-1")
          Object.assign(trouble.faults, faults)
          const { length } = asked
          const after = yield* broker.acquire(grant)
          assert.notStrictEqual(after.id, before.id)
          assert.strictEqual(asked.length, length + 1)
        }),
      { store: store(trouble) }
    )
  })

  it.effect.each(failing)("bypass, $what: what is revoked meanwhile is gone", ({ faults }) => {
    const trouble = troubled()
    return withBroker(
      revoking,
      (broker, asked) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          const before = yield* broker.acquire(grant)
          Object.assign(trouble.faults, faults)
          const revocation = yield* broker.revokeOrganisation("merchant-1")
          assert.strictEqual(revocation.outcome, "revoked")
          assert.isTrue(asked.some(({ path }) => path.endsWith("/tokens/revoke")))
          assert.notStrictEqual((yield* broker.acquire(grant)).id, before.id)
          for (const operation of operations) delete trouble.faults[operation]
          assert.notStrictEqual((yield* broker.acquire(grant)).id, before.id)
        }),
      { store: store(trouble) }
    )
  })

  it.effect(
    "F42, invariant 3: the store is told again of a revocation that it did not hear",
    () => {
      const trouble = troubled()
      return withBroker(
        revoking,
        (broker) =>
          Effect.gen(function* () {
            const one = yield* broker.acquire(yield* grantFor("merchant-1"))
            yield* broker.acquire(yield* grantFor("merchant-2"))
            Object.assign(trouble.faults, writes)
            yield* broker.revoke({ id: one.id, organisation: "merchant-1" })
            yield* broker.revokeOrganisation("merchant-2")
            yield* TestClock.adjust("10 seconds")
            assert.lengthOf(yield* broker.entries, 2)
            for (const operation of operations) delete trouble.faults[operation]
            assert.lengthOf(yield* broker.entries, 2)
            yield* TestClock.adjust("40 seconds")
            assert.deepStrictEqual(yield* broker.entries, [])
          }),
        { store: store(trouble) }
      )
    }
  )

  it.effect("it is told so no more once it has heard", () => {
    const trouble = troubled()
    return withBroker(
      revoking,
      (broker) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          yield* broker.acquire(grant)
          Object.assign(trouble.faults, writes)
          yield* broker.revokeOrganisation("merchant-1")
          for (const operation of operations) delete trouble.faults[operation]
          yield* TestClock.adjust("2 seconds")
          const fresh = yield* broker.acquire(grant)
          yield* TestClock.adjust("60 seconds")
          assert.strictEqual((yield* broker.acquire(grant)).id, fresh.id)
        }),
      { store: store(trouble) }
    )
  })

  it.effect.each(failing)(
    "fail, $what: refused with a typed error, until it is over",
    ({ faults }) => {
      const trouble = troubled(faults)
      return withBroker(
        revoking,
        (broker, asked) =>
          Effect.gen(function* () {
            const { heard } = yield* listen(broker)
            const grant = yield* grantFor("merchant-1")
            const { code, reason } = yield* Effect.flip(broker.acquire(grant))
            assert.strictEqual(code, "store_unavailable")
            assert.property(faults, reason._tag === "StoreUnavailable" ? reason.operation : "")
            // Nothing is fetched that could not be looked for.
            if ("get" in faults || "lease" in faults) assert.strictEqual(asked.length, 0)
            const told = yield* heard
            assert.isNotEmpty(troubleIn(told))
            assert.isTrue(told.some((event) => event._tag === "Refused"))
            // What was fetched and could not be kept does not live on.
            const minted = asked.filter(({ path }) => path.endsWith("/tokens")).length
            const revoked = asked.filter(({ path }) => path.endsWith("/revoke")).length
            assert.strictEqual(revoked, minted)
            const explained = yield* broker.explain(grant)
            assert.strictEqual(explained.lastError?.error.code, "store_unavailable")
            assert.strictEqual(explained.storeTrouble?.problem, "failed")
            for (const operation of operations) delete trouble.faults[operation]
            assert.strictEqual((yield* broker.acquire(grant)).organisation, "merchant-1")
          }),
        { store: store(trouble), storePolicy: "fail" }
      )
    }
  )

  it.effect.each(["bypass", "fail"] as const)("%s: slow is no trouble", (storePolicy) => {
    const trouble = troubled(faultsIn(operations, 300))
    return withBroker(
      revoking,
      (broker, asked) =>
        Effect.gen(function* () {
          const { heard } = yield* listen(broker)
          const grant = yield* grantFor("merchant-1")
          const waiting = yield* Effect.forkChild(broker.acquire(grant))
          for (let step = 0; step < 20; step++) {
            yield* settle
            yield* TestClock.adjust("100 millis")
          }
          const token = yield* Fiber.join(waiting)
          const again = yield* Effect.forkChild(broker.acquire(grant))
          yield* settle
          yield* TestClock.adjust("300 millis")
          assert.strictEqual((yield* Fiber.join(again)).id, token.id)
          assert.strictEqual(asked.length, 1)
          assert.isEmpty(troubleIn(yield* heard))
          for (const operation of operations) delete trouble.faults[operation]
          assert.strictEqual((yield* broker.explain(grant)).storeTrouble, undefined)
        }),
      { store: store(trouble), storePolicy }
    )
  })

  it.effect.each(["bypass", "fail"] as const)(
    "%s: what is poisoned is a miss, deleted, and it shows",
    (storePolicy) => {
      const trouble = troubled()
      return withBroker(
        revoking,
        (broker, asked) =>
          Effect.gen(function* () {
            const { heard } = yield* listen(broker)
            const grant = yield* grantFor("merchant-1")
            const other = yield* grantFor("merchant-2")
            yield* broker.acquire(grant)
            trouble.poison.instead = (held) => ({
              ...held,
              key: { ...held.key, text: "another's" }
            })
            const renewed = yield* broker.renew(grant)
            yield* broker.acquire(other)
            delete trouble.poison.instead
            const told = troubleIn(yield* heard)
            assert.deepStrictEqual(told, ["get poisoned"])
            assert.strictEqual((yield* broker.acquire(grant)).id, renewed.id)
            assert.strictEqual(asked.length, 3)
          }),
        { store: store(trouble), storePolicy }
      )
    }
  )
})

describe("invariant 10: what this process holds", () => {
  it.effect.each(["bypass", "fail"] as const)(
    "%s: a token at hand is served while the store is down or hangs, without a look at it",
    (storePolicy) => {
      const trouble = troubled()
      return withBroker(
        minting,
        (broker, asked) =>
          Effect.gen(function* () {
            const source = yield* broker.source(yield* grantFor("merchant-1"))
            yield* settle
            const token = yield* source.token()
            for (const fault of ["down", "hanging"] as const) {
              Object.assign(trouble.faults, faultsIn(operations, fault))
              assert.strictEqual(source.peek(), token)
              assert.strictEqual((yield* source.token()).id, token.id)
            }
            assert.strictEqual(asked.length, 1)
          }),
        { store: tiered(trouble), storePolicy }
      )
    }
  )

  it.effect("a store that hangs keeps a caller for its deadline at most, and for a flight's", () =>
    withBroker(
      minting,
      (broker) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          const hasty = yield* Effect.forkChild(
            Effect.exit(broker.acquire(grant, { deadline: 500 }))
          )
          const patient = yield* Effect.forkChild(Effect.exit(broker.acquire(grant)))
          yield* settle
          yield* TestClock.adjust("500 millis")
          yield* settle
          assert.isDefined(hasty.pollUnsafe())
          yield* TestClock.adjust("14500 millis")
          yield* settle
          assert.isDefined(patient.pollUnsafe())
        }),
      { store: far(troubled(faultsIn(operations, "hanging"))) }
    )
  )

  it.effect("is counted, by kind of event", () =>
    withBroker(
      minting,
      (broker) =>
        Effect.gen(function* () {
          const before = yield* counted
          yield* broker.acquire(yield* grantFor("merchant-1"))
          // Two looks and a put.
          assert.strictEqual((yield* counted) - before, 3)
        }),
      { store: far(troubled(faultsIn(["get", "put"], "down"))) }
    )
  )
})

const counted = Effect.map(
  Metric.value(
    Metric.counter("onbehalf_broker_events", {
      description: "What the token broker did, by kind of event",
      incremental: true,
      attributes: { event: "StoreTrouble" }
    })
  ),
  ({ count }) => count
)
