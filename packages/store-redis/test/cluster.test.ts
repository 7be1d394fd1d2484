import { storeSuite } from "@onbehalf/store-testkit"
import { Cluster } from "ioredis"
import { createCluster } from "redis"
import { afterAll, describe } from "vitest"
import { fromClient, fromUrl } from "../src/index.ts"
import { backendOf, sealKey, tiered } from "./support/backend.ts"
import { startCluster } from "./support/redisCluster.ts"

console.time("up")
const servers = await startCluster()
console.timeEnd("up")
afterAll(servers.stop)
const cannot = { capacity: "how much is held is up to Redis's own maxmemory" }

const nodeRedis = createCluster({ rootNodes: servers.urls.map((url) => ({ url })) })
await nodeRedis.connect()
const ioRedis = new Cluster(servers.servers.map(({ port }) => ({ host: "127.0.0.1", port })))
afterAll(() => {
  nodeRedis.destroy()
  ioRedis.disconnect()
})

describe("three masters", () => {
  const layer = fromUrl({ url: servers.urls, sealKey })
  storeSuite("by their addresses", { ...backendOf(layer, servers), cannot })
  storeSuite("behind a near tier", { ...backendOf(tiered(layer), servers), cannot })
  storeSuite("with a client of node-redis", {
    ...backendOf(fromClient(nodeRedis, { sealKey }), servers),
    cannot
  })
  storeSuite("with a client of ioredis", {
    ...backendOf(fromClient(ioRedis, { sealKey }), servers),
    cannot
  })
})
