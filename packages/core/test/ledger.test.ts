import { assert, describe, it } from "@effect/vitest"
import * as Ledger from "../src/internal/ledger.ts"
import { TokenError, Unavailable } from "../src/TokenError.ts"

const failure = new TokenError({ reason: new Unavailable({ problem: "connection" }) })
const never = Number.POSITIVE_INFINITY

/** The pauses after so many failures in a row, each with the same luck. */
const pauses = (count: number, random: number, limit = never) => {
  const ledger = Ledger.make(() => 1_000, 10)
  return Array.from({ length: count }, () => {
    ledger.failed("key", failure, limit, random)
    return ledger.record("key").renewNotBefore - 1_000
  })
}

describe("the pause after a failed renewal", () => {
  it("doubles from half a second to half a minute", () => {
    assert.deepStrictEqual(
      pauses(8, 0.5),
      [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
    )
    assert.strictEqual(pauses(2_000, 0.5).at(-1), 30_000)
  })

  it("is jittered by a half either way, so that a fleet does not try in step", () => {
    assert.deepStrictEqual(pauses(2, 0), [250, 500])
    assert.deepStrictEqual(pauses(2, 0.999), [749.5, 1_499])
  })

  it("never lasts past the hard limit: from there on somebody waits", () => {
    assert.deepStrictEqual(pauses(4, 0.5, 2_500), [500, 1_000, 1_500, 1_500])
  })

  it("holds renewals back until it is over, and success ends it", () => {
    const clock = { time: 0 }
    const ledger = Ledger.make(() => clock.time, 10)
    assert.isTrue(ledger.mayRenew("key"))
    ledger.failed("key", failure, never, 0.5)
    clock.time = 499
    assert.isFalse(ledger.mayRenew("key"))
    assert.isTrue(ledger.mayRenew("other"))
    clock.time = 500
    assert.isTrue(ledger.mayRenew("key"))
    ledger.failed("key", failure, never, 0.5)
    ledger.succeeded("key")
    assert.isTrue(ledger.mayRenew("key"))
    assert.strictEqual(ledger.record("key").failures, 0)
  })

  it("invariant 8: only so many keys are remembered", () => {
    const ledger = Ledger.make(() => 0, 2)
    for (const key of ["1", "2", "3"]) ledger.failed(key, failure, never, 0.5)
    assert.strictEqual(ledger.record("1").failures, 0)
    assert.strictEqual(ledger.record("3").failures, 1)
  })
})
