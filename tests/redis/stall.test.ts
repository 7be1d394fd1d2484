/** Processes that stood still for longer than their tokens live. */
import { assert, beforeAll, it } from "@effect/vitest"
import { startSimulator } from "@onbehalf/simulator"
import { setTimeout as sleep } from "node:timers/promises"
import { sealKey } from "../../packages/store-redis/test/support/backend.ts"
import { startRedis } from "../../packages/store-redis/test/support/redisServer.ts"
import { withRedis } from "../../packages/store-redis/test/support/withRedis.ts"
import { startWorker } from "../support/brokerWorkers.ts"

const minute = 60_000

/** Milliseconds of a token's life. A second before its end nobody is given it any more. */
const life = 5_000

const start = async () => {
  const redis = await startRedis()
  const nuapay = await startSimulator({ port: 0, merchants: 20 })
  const match = { operation: "requestTokenForOrganisation" }
  nuapay.addFault({ kind: "latency", ms: 50, match })
  const { apiKey, url } = nuapay
  const settings = { shared: { redis: redis.url }, sealKey, nuapay: url, apiKey }
  const workers = await Promise.all([1, 2, 3].map(() => startWorker(settings)))
  return {
    nuapay,
    workers,
    stop: async () => {
      for (const { stop } of workers) stop()
      await nuapay.close()
      await redis.stop()
    }
  }
}

await withRedis("F36, invariant 2: processes that stand still", start, ({ nuapay, workers }) => {
  const merchants = nuapay.merchants.filter(({ status }) => status === "ACTIVE")
  const requests = () => nuapay.counters["requestTokenForOrganisation"] ?? 0
  const askAll = (merchant: string) =>
    Promise.all(workers.map((worker) => worker.tell({ do: "ask", merchant, callers: 1 })))
  // Connected, loaded and compiled, before the life of a token begins.
  beforeAll(() => askAll(merchants[2]?.id ?? ""))

  /** All have the token, which is due for renewal only after the processes stood still. */
  const fill = async (merchant: string) => {
    const expiryTime = Date.now() + life
    const id = nuapay.addFault({ kind: "override", data: { expiryTime } })
    const filled = await askAll(merchant)
    nuapay.removeFault(id)
    const ids = new Set(filled.flatMap(({ asked }) => asked?.ids ?? []))
    assert.strictEqual(ids.size, 1)
    return ids
  }

  it(
    "stopped: hand out nothing that died meanwhile, and fetch once",
    { timeout: minute },
    async () => {
      const merchant = merchants[0]?.id ?? ""
      const before = await fill(merchant)
      const count = requests()
      for (const { signal } of workers) signal("SIGSTOP")
      // They lie before the processes when these go on.
      const asking = workers.map((worker) => worker.tell({ do: "ask", merchant, callers: 500 }))
      await sleep(life)
      for (const { signal } of workers) signal("SIGCONT")
      const ids = (await Promise.all(asking)).flatMap(({ asked }) => asked?.ids ?? [])
      assert.strictEqual(new Set(ids).size, 1)
      assert.isFalse(before.has(ids[0] ?? ""))
      assert.strictEqual(requests() - count, 1)
    }
  )

  it(
    "busy: hand out nothing that died meanwhile, and fetch once",
    { timeout: minute },
    async () => {
      const merchant = merchants[1]?.id ?? ""
      const before = await fill(merchant)
      const count = requests()
      const stalled = await Promise.all(
        workers.map((worker) => worker.tell({ do: "stall", merchant, callers: 500, millis: life }))
      )
      const ids = stalled.flatMap(({ asked }) => asked?.ids ?? [])
      assert.strictEqual(new Set(ids).size, 1)
      assert.isFalse(before.has(ids[0] ?? ""))
      assert.strictEqual(requests() - count, 1)
    }
  )
})
