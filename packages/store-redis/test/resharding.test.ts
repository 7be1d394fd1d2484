import { afterAll, assert, beforeAll, it } from "@effect/vitest"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Cluster } from "ioredis"
import { createCluster } from "redis"
import { setTimeout as sleep } from "node:timers/promises"
import { fromClient, fromUrl } from "../src/index.ts"
import { names, patient } from "./support/backend.ts"
import { type RedisCluster, startCluster } from "./support/redisCluster.ts"
import { codeOf, idIn, keep, newKey, using } from "./support/using.ts"
import { withRedis } from "./support/withRedis.ts"

/** Moves the slot of a key to another server, one Redis key after the other, and takes its time. */
const move = async (cluster: RedisCluster, key: TokenKey): Promise<void> => {
  const name = names.ofKey(key).token
  const source = await cluster.ownerOf(name)
  const target = cluster.servers.find((server) => server !== source) ?? source
  const slot = String(await source.command("CLUSTER", "KEYSLOT", name))
  const [from, to] = await Promise.all(
    [source, target].map(async (server) => String(await server.command("CLUSTER", "MYID")))
  )
  await target.command("CLUSTER", "SETSLOT", slot, "IMPORTING", String(from))
  await source.command("CLUSTER", "SETSLOT", slot, "MIGRATING", String(to))
  for (;;) {
    await sleep(30)
    const [one] = (await source.command(
      "CLUSTER",
      "GETKEYSINSLOT",
      slot,
      "1"
    )) as ReadonlyArray<string>
    if (one === undefined) break
    await source.command("MIGRATE", "127.0.0.1", `${target.port}`, one, "0", "1000", "REPLACE")
  }
  for (const server of [target, source, ...cluster.servers]) {
    await server.command("CLUSTER", "SETSLOT", slot, "NODE", String(to))
  }
}

await withRedis("a slot on its way to another server", startCluster, (cluster) => {
  const nodeRedis = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) })
  const nodes = cluster.servers.map(({ port }) => ({ host: "127.0.0.1", port }))
  const ioRedis = new Cluster(nodes, { lazyConnect: true })
  beforeAll(async () => {
    await nodeRedis.connect()
    await ioRedis.connect()
  })
  afterAll(() => {
    nodeRedis.destroy()
    ioRedis.disconnect()
  })

  it.live.each([
    ["its own client", fromUrl({ ...patient, url: cluster.urls })],
    ["node-redis", fromClient(nodeRedis, patient)],
    ["ioredis", fromClient(ioRedis, patient)]
  ] as const)("ASK, MOVED, TRYAGAIN: nothing is lost, nothing fails: %s", ([, layer]) =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        yield* keep(store, key, "t0")
        const moving = yield* Effect.forkChild(Effect.promise(() => move(cluster, key)))
        let rounds = 0
        while (moving.pollUnsafe() === undefined || rounds < 10) {
          rounds++
          assert.strictEqual(yield* keep(store, key, `t${rounds}`), "stored")
          assert.strictEqual(yield* idIn(store, key), `t${rounds}`)
          assert.strictEqual(yield* codeOf(Effect.scoped(store.lease(key, 1_000))), "")
          if (rounds % 3 === 0) {
            assert.strictEqual(yield* store.revoke(key.owner), 1)
            assert.isUndefined(yield* idIn(store, key))
          }
        }
        yield* Fiber.join(moving)
        yield* keep(store, key, "last")
        assert.strictEqual(yield* idIn(store, key), "last")
      })
    )
  )
})
