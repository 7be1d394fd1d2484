import * as NodeRedisLayer from "@effect/platform-node/NodeRedis"
import { afterAll, assert, beforeAll, it } from "@effect/vitest"
import type { TokenError } from "@onbehalf/core/TokenError"
import { TokenStore } from "@onbehalf/core/TokenStore"
import { storeSuite, testKey } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Cluster, Redis } from "ioredis"
import { createClient, createClientPool, createCluster, RESP_TYPES } from "redis"
import * as EffectRedis from "../src/EffectRedis.ts"
import { fromClient, fromDriver, type RedisClient } from "../src/index.ts"
import { backendOf, cannot, patient, sealKey } from "./support/backend.ts"
import { startCluster } from "./support/redisCluster.ts"
import { startRedis } from "./support/redisServer.ts"
import { suitePart } from "./support/suite.ts"
import { idIn, keep, newKey, using } from "./support/using.ts"
import { withRedis } from "./support/withRedis.ts"

/** What a client can get wrong: to find the key, to give back what was answered, to listen. */
const parts = ["basic", "generations", "changes"] as const

/** Uses a store and closes it; the client must be as good as before. */
const useOnce = (layer: Layer.Layer<TokenStore, TokenError>) =>
  Effect.scoped(
    TokenStore.use((store) =>
      Effect.andThen(Stream.runHead(store.changes), store.get(testKey()))
    ).pipe(Effect.provide(layer))
  )

await withRedis("clients of one server", startRedis, (server) => {
  const command = async (_key: string | undefined, ...words: ReadonlyArray<string>) => [
    await server.command(...words)
  ]
  const nodeRedis = createClient({ url: server.url, disableOfflineQueue: true })
  const ioRedis = new Redis(server.url, { enableOfflineQueue: false, lazyConnect: true })
  beforeAll(async () => {
    await nodeRedis.connect()
    await ioRedis.connect()
  })
  afterAll(() => {
    nodeRedis.destroy()
    ioRedis.disconnect()
  })
  const withNodeRedis = fromClient(nodeRedis, patient)
  const withIoRedis = fromClient(ioRedis, patient)
  suitePart("node-redis", { ...backendOf(withNodeRedis, command), cannot }, parts)
  suitePart("ioredis", { ...backendOf(withIoRedis, command), cannot }, parts)

  it.live("are not closed with the store, and its own connections are", () =>
    Effect.gen(function* () {
      const before = yield* Effect.promise(() => server.command("CLIENT", "LIST"))
      yield* useOnce(withNodeRedis)
      yield* useOnce(withIoRedis)
      assert.strictEqual(yield* Effect.promise(() => nodeRedis.ping()), "PONG")
      assert.strictEqual(yield* Effect.promise(() => ioRedis.ping()), "PONG")
      const count = (list: unknown) => String(list).trim().split("\n").length
      const after = Effect.promise(() => server.command("CLIENT", "LIST"))
      yield* Effect.repeat(after, { until: (list) => count(list) === count(before) })
    })
  )

  it.live.each([RESP_TYPES.BLOB_STRING, RESP_TYPES.NUMBER] as const)(
    "of node-redis are spoken to in texts and numbers, whatever they make of type %s",
    (type) =>
      Effect.gen(function* () {
        const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String }
        const commandOptions = { typeMapping: { [type]: typeMapping[type] } }
        const client = createClient({ url: server.url, commandOptions })
        yield* Effect.acquireRelease(
          Effect.promise(() => client.connect()),
          () => Effect.sync(() => client.destroy())
        )
        yield* using(fromClient(client, patient), (store) =>
          Effect.gen(function* () {
            const key = newKey()
            yield* keep(store, key, "t1")
            assert.strictEqual(yield* idIn(store, key), "t1")
            assert.strictEqual(yield* store.revoke(key.owner), 1)
          })
        )
      }).pipe(Effect.scoped)
  )

  it.live.each([{ keyPrefix: "mine:" }, { stringNumbers: true }])(
    "of ioredis that were made with %j are refused",
    (options) =>
      Effect.gen(function* () {
        const offline = { ...options, lazyConnect: true }
        const clients = [
          new Redis(server.url, offline),
          new Cluster([], { lazyConnect: true, redisOptions: options })
        ]
        for (const client of clients) {
          const error = yield* Effect.flip(
            using(fromClient(client, { sealKey }), () => Effect.void)
          )
          const [name = ""] = Object.keys(options)
          assert.include(error.message, `client must be made without ${name}`)
        }
      })
  )

  it.live("that are a pool are refused: nothing in it can listen", () =>
    Effect.gen(function* () {
      // The types say so, too; not everybody has them.
      const pool = createClientPool({ url: server.url }) as object as RedisClient
      const error = yield* Effect.flip(using(fromClient(pool, { sealKey }), () => Effect.void))
      assert.include(error.message, "client must be a client of the package redis or ioredis")
      assert.include(error.message, "no pool of them")
    })
  )

  const effectRedis = fromDriver(EffectRedis.driver(patient.timeout), { sealKey }).pipe(
    Layer.provide(Layer.orDie(NodeRedisLayer.layer({ url: server.url })))
  )
  it.live("effect's Redis may miss a change, and so never says that it misses none", () =>
    using(effectRedis, (store) =>
      Effect.gen(function* () {
        const first = yield* Effect.forkChild(Stream.runHead(store.changes))
        const keep1 = Effect.andThen(Effect.sleep(20), keep(store, newKey(), "t1"))
        yield* Effect.repeat(keep1, { until: () => first.pollUnsafe() !== undefined })
        const change = Option.getOrUndefined(yield* Fiber.join(first))
        assert.strictEqual(change?._tag, "Stored")
      })
    )
  )

  const connected = "it is not told when its subscription was lost"
  storeSuite("effect's Redis", {
    ...backendOf(effectRedis, command),
    cannot: { ...cannot, connected }
  })
})

await withRedis("clients of a cluster", startCluster, (cluster) => {
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
  const withNodeRedis = fromClient(nodeRedis, patient)
  const withIoRedis = fromClient(ioRedis, patient)
  suitePart("node-redis", { ...backendOf(withNodeRedis, cluster.command), cannot }, parts)
  suitePart("ioredis", { ...backendOf(withIoRedis, cluster.command), cannot }, parts)
})
