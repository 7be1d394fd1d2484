/** Invariant 8: Nuapay accepts everything and answers nothing, and a thousand clients wait for it. */
import { assert, describe, it } from "@effect/vitest"
import { setTimeout } from "node:timers/promises"
import { type Answer, expresses, makeWorld, mandatesApp } from "./support/world.ts"

const world = makeWorld()

const clients = 1_000
const tooMany = 200
const merchants = 50

describe.each(expresses)("Nuapay hangs, %s", (_version, create) => {
  it(`${clients} wait, ${tooMany} more are refused at once, others are served, and nothing is left`, async () => {
    const { app, nuapay } = mandatesApp(
      create,
      world.options({ requestDeadline: 600_000, deadline: 600_000, timeout: 600_000 })
    )
    app.get("/other", (_request, response) => response.send("served"))
    app.get("/metrics", nuapay.metrics)
    const { get } = await world.serve(app, nuapay)
    const waiting = async (): Promise<number> => {
      const { text } = await get("/metrics", "anybody")
      return Number(/^onbehalf_express_waiting\{[^}]*\} (\d+)$/m.exec(text)?.[1])
    }
    const until = async (count: number): Promise<void> => {
      while ((await waiting()) !== count) await setTimeout(20)
    }
    world.simulator.addFault({ kind: "hang" })
    const gone = new AbortController()
    let ended = 0
    const waits = Array.from({ length: clients }, (_, index) =>
      get("/token", world.merchant(index % merchants), { signal: gone.signal })
        .catch((error: Error) => error.name)
        .finally(() => ended++)
    )
    await until(clients)

    const refused = await Promise.all(
      Array.from({ length: tooMany }, () => get("/token", world.merchant()))
    )
    const codes = new Set(refused.map(({ json, status }: Answer) => `${status} ${json.code}`))
    assert.deepStrictEqual([...codes], ["503 overloaded"])
    for (let turn = 0; turn < 100; turn++) {
      assert.strictEqual((await get("/other", world.merchant())).text, "served")
    }
    // All that was answered meanwhile was answered while every one of them waited.
    assert.strictEqual(ended, 0)
    assert.strictEqual(await waiting(), clients)
    // What they cost Nuapay: as many fetches as may be under way at a time, not one for each client.
    assert.strictEqual(world.tokensFetched(), 32)

    gone.abort()
    assert.deepStrictEqual(new Set(await Promise.all(waits)), new Set(["AbortError"]))
    await until(0)
    world.simulator.clearFaults()
  }, 60_000)
})
