import { afterAll, beforeAll, it } from "@effect/vitest"
import { storeSuite } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { Redis } from "ioredis"
import { createSentinel } from "redis"
import { fromClient } from "../src/index.ts"
import { backendOf, cannot, patient, sealKey, tiered } from "./support/backend.ts"
import { type RedisSentinel, startSentinel } from "./support/redisSentinel.ts"
import { newKey, using } from "./support/using.ts"
import { suitePart } from "./support/suite.ts"
import { withRedis } from "./support/withRedis.ts"

const clientsOf = ({ name, port }: RedisSentinel) => {
  const nodeRedis = createSentinel({
    name,
    sentinelRootNodes: [{ host: "127.0.0.1", port }],
    nodeClientOptions: { disableOfflineQueue: true }
  })
  const ioRedis = new Redis({
    name,
    sentinels: [{ host: "127.0.0.1", port }],
    enableOfflineQueue: false,
    lazyConnect: true
  })
  for (const client of [nodeRedis, ioRedis]) client.on("error", () => undefined)
  return { nodeRedis, ioRedis }
}

await withRedis("servers behind a sentinel", startSentinel, (servers) => {
  const { ioRedis, nodeRedis } = clientsOf(servers)
  beforeAll(async () => {
    await nodeRedis.connect()
    await ioRedis.connect()
  })
  afterAll(async () => {
    await nodeRedis.destroy()
    ioRedis.disconnect()
  })
  const command = async (_key: string | undefined, ...words: ReadonlyArray<string>) => [
    await (await servers.master()).command(...words)
  ]
  const layer = fromClient(nodeRedis, patient)
  const withNodeRedis = backendOf(layer, command)
  const withIoRedis = backendOf(fromClient(ioRedis, patient), command)

  storeSuite("node-redis", { ...withNodeRedis, cannot })

  it.live("F27: stores find the next master by themselves", () =>
    Effect.gen(function* () {
      yield* Effect.promise(servers.failOver)
      for (const client of [nodeRedis, ioRedis]) {
        yield* using(fromClient(client, { sealKey }), (store) =>
          Effect.retry(store.get(newKey()), { schedule: Schedule.spaced(50), times: 200 })
        )
      }
    })
  )

  storeSuite("node-redis behind a near tier, after that", {
    ...backendOf(tiered(layer), command),
    cannot
  })
  const parts = ["basic", "generations", "changes"] as const
  suitePart("ioredis, after that", { ...withIoRedis, cannot }, parts)
})
