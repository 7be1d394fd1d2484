import { storeSuite } from "@onbehalf/store-testkit"
import { Redis } from "ioredis"
import { createSentinel } from "redis"
import { afterAll, describe } from "vitest"
import { fromClient } from "../src/index.ts"
import { backendOf, sealKey, tiered } from "./support/backend.ts"
import { startSentinel } from "./support/redisSentinel.ts"

console.time("up")
const servers = await startSentinel()
console.timeEnd("up")
afterAll(servers.stop)
const cannot = { capacity: "how much is held is up to Redis's own maxmemory" }
const hands = {
  command: async (_: string | undefined, ...words: ReadonlyArray<string>) => [
    await (await servers.master()).command(...words)
  ]
}
const nodeRedis = createSentinel({
  name: servers.name,
  sentinelRootNodes: [{ host: "127.0.0.1", port: servers.port }],
  nodeClientOptions: { disableOfflineQueue: true }
})
nodeRedis.on("error", () => undefined)
await nodeRedis.connect()
const ioRedis = new Redis({
  name: servers.name,
  sentinels: [{ host: "127.0.0.1", port: servers.port }]
})
afterAll(async () => {
  await nodeRedis.destroy()
  ioRedis.disconnect()
})

describe("Sentinel", () => {
  const layer = fromClient(nodeRedis, { sealKey })
  storeSuite("with a client of node-redis", { ...backendOf(layer, hands), cannot })
  storeSuite("behind a near tier", { ...backendOf(tiered(layer), hands), cannot })
  storeSuite("with a client of ioredis", {
    ...backendOf(fromClient(ioRedis, { sealKey }), hands),
    cannot
  })
})
