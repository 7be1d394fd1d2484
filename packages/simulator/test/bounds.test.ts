import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makeDirectory } from "../src/Directory.ts"
import { makeFaults, mostFaults } from "../src/Faults.ts"
import { makeSeed } from "../src/internal/seed.ts"
import { makeMerchantResources, mostPayments, mostRefunds } from "../src/MerchantResources.ts"
import { resolveOptions } from "../src/Options.ts"
import { longestLog, makeRequestLog } from "../src/RequestLog.ts"
import { makeTokenMint } from "../src/TokenMint.ts"

const seed = makeSeed("bounds")
const request = {
  method: "GET",
  path: "/",
  operation: "x",
  organisation: undefined,
  time: 0,
  faults: []
}

describe("everything is bounded", () => {
  it("the log keeps the last ten thousand requests and counts all", () => {
    const log = makeRequestLog()
    for (let count = 0; count < longestLog + 50; count++) log.arrive(request)
    const entries = log.entries()
    assert.strictEqual(entries.length, longestLog)
    assert.strictEqual(entries[0]?.number, 51)
    assert.deepEqual(log.counters(), { x: longestLog + 50 })
  })

  it("an answer that comes after its entry is gone does not bring it back", () => {
    const log = makeRequestLog()
    const settle = log.arrive(request)
    log.clear()
    settle(200)
    assert.deepEqual(log.entries(), [])
  })

  it("the faults in force", () => {
    const faults = makeFaults()
    for (let count = 0; count < mostFaults + 5; count++) faults.add({ kind: "hang" })
    assert.strictEqual(faults.active().length, mostFaults)
    assert.strictEqual(faults.active()[0]?.id, "fault-6")
  })

  it("the payments of a merchant and the refunds of a payment", () => {
    const resources = makeMerchantResources(seed)
    const order = { now: 0, amount: 500, currency: "EUR" }
    const first = resources.pay("m", order)
    for (let count = 0; count < mostPayments; count++) resources.pay("m", order)
    assert.strictEqual(resources.payments("m").length, mostPayments)
    assert.isUndefined(resources.payment("m", first.id))
    const last = resources.pay("m", order)
    for (let count = 0; count < mostRefunds; count++)
      resources.refund(last, { amount: 0.01, now: 0 })
    assert.isUndefined(resources.refund(last, { amount: 0.01, now: 0 }))
    assert.strictEqual(resources.refunds(last).length, mostRefunds)
  })

  it("the tokens that are remembered: the oldest go first", () => {
    const { merchants, partner } = makeDirectory(
      seed,
      Effect.runSync(resolveOptions({ merchants: 1 }))
    )
    const mint = makeTokenMint(seed, 10)
    const request = {
      now: 0,
      requested: merchants[0] ?? partner,
      requesting: partner,
      scopes: ["a"],
      expiresIn: 3600,
      ipFiltering: false
    }
    const all = Array.from({ length: 512 }, () => mint.mint(request))
    assert.isAtMost(mint.live(0), 11)
    assert.strictEqual(mint.inspect(all[0]?.text ?? "", 0).outcome, "unknown")
    assert.strictEqual(mint.inspect(all[511]?.text ?? "", 0).outcome, "live")
  })
})
