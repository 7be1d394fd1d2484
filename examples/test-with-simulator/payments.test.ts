import { createTokenBroker, type PromiseTokenBroker } from "@onbehalf/core"
import { startSimulator, type RunningSimulator } from "@onbehalf/simulator"
import { memoryStore } from "@onbehalf/store-memory"
import { afterEach, beforeEach, expect, test } from "vitest"
import { countMandates } from "./payments.ts"

let simulator: RunningSimulator
let broker: PromiseTokenBroker

beforeEach(async () => {
  simulator = await startSimulator()
  broker = await createTokenBroker({
    apiKey: simulator.apiKey,
    baseUrl: simulator.url,
    store: memoryStore()
  })
})

afterEach(async () => {
  await broker.close()
  await simulator.close()
})

const merchant = () =>
  broker.forOrganisation(simulator.merchants[0]?.id ?? "", { scopes: ["admin"] })

test("a merchant's mandates are counted, with one token however often", async () => {
  const handle = await merchant()
  expect(await countMandates(handle)).toBeGreaterThan(0)
  expect(await countMandates(handle)).toBeGreaterThan(0)
  expect(simulator.counters["requestTokenForOrganisation"]).toBe(1)
})

test("Nuapay may stumble", async () => {
  simulator.addFault({ kind: "status", status: 503, times: 2 })
  expect(await countMandates(await merchant())).toBeGreaterThan(0)
})

test("a merchant that it refuses is an error with a code", async () => {
  simulator.addFault({ kind: "status", status: 403 })
  await expect(countMandates(await merchant())).rejects.toMatchObject({ code: "forbidden" })
})
