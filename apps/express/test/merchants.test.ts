import { assert, describe, it } from "@effect/vitest"
import { seeded } from "../../../packages/core/test/support/random.ts"
import { expresses, makeWorld, mandatesApp } from "./support/world.ts"

const world = makeWorld()

const requests = 1_000
const merchants = 50

describe.each(expresses)("invariants 1 and 4, %s", (_version, create) => {
  it(`${requests} requests interleaved over ${merchants} merchants: each its own, one token each`, async () => {
    const { app, nuapay } = mandatesApp(create, world.options({ requestDeadline: 60_000 }))
    const { get } = await world.serve(app, nuapay)
    const random = seeded(5)
    const ids = world.merchants().slice(0, merchants)
    assert.strictEqual(ids.length, merchants)
    const asked = Array.from({ length: requests }, (_, index) =>
      index < merchants ? (ids[index] ?? "") : (ids[random(merchants)] ?? "")
    )
    await Promise.all(
      asked.map(async (merchant, index) => {
        const isCall = index % 2 === 0
        const { json, status, text } = await get(isCall ? "/mandates" : "/token", merchant)
        assert.strictEqual(status, 200, text)
        if (!isCall) return assert.strictEqual(json.organisation, merchant)
        assert.isAbove(json.data.length, 0)
        for (const mandate of json.data) assert.strictEqual(mandate.organisationId, merchant)
      })
    )
    assert.strictEqual(world.tokensFetched(), merchants)
    const fetched = world.simulator.requests
      .filter(({ operation }) => operation === "requestTokenForOrganisation")
      .map(({ organisation }) => organisation)
    assert.strictEqual(new Set(fetched).size, merchants)
  })

  it("the same while tokens expire, are refused and revoked in between", async () => {
    const { app, nuapay } = mandatesApp(
      create,
      world.options({ expiresIn: 60, requestDeadline: 60_000 })
    )
    const { get } = await world.serve(app, nuapay)
    const random = seeded(6)
    const ids = world.merchants().slice(0, 10)
    let answered = 0
    const one = async (): Promise<void> => {
      const merchant = ids[random(ids.length)] ?? ""
      const { json, status, text } = await get("/mandates", merchant)
      assert.strictEqual(status, 200, text)
      // A call that was under way while its merchant was revoked may have been refused by Nuapay.
      if (json.data === undefined) return
      answered++
      for (const mandate of json.data) assert.strictEqual(mandate.organisationId, merchant)
    }
    for (let round = 0; round < 10; round++) {
      const calls = Array.from({ length: 40 }, one)
      if (round % 3 === 1) world.simulator.advanceClock(61_000)
      if (round % 3 === 2) await nuapay.revoke(ids[random(ids.length)] ?? "")
      await Promise.all(calls)
    }
    assert.isAbove(answered, 350)
    assert.isAbove(world.tokensFetched(), ids.length)
  })
})
