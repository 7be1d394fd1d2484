import * as NodeRedisLayer from "@effect/platform-node/NodeRedis"
import { afterAll, assert, beforeAll, it } from "@effect/vitest"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { testToken } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { Redis } from "ioredis"
import { createClient, createSentinel } from "redis"
import * as EffectRedis from "../src/EffectRedis.ts"
import { fromClient, fromDriver, fromUrl } from "../src/index.ts"
import { names, sealKey } from "./support/backend.ts"
import { startProxy } from "./support/proxy.ts"
import { startCluster } from "./support/redisCluster.ts"
import { startSentinel } from "./support/redisSentinel.ts"
import { startRedis } from "./support/redisServer.ts"
import { codeOf, codeSoonOf, idIn, keep, newKey, now, using } from "./support/using.ts"
import { withRedis } from "./support/withRedis.ts"

/** Milliseconds that a caller may lose to a server that does not answer: a quarter of a second, on a busy machine. */
const patience = 250 + 750

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const began = yield* now
    const result = yield* effect
    return [result, (yield* now) - began] as const
  })

/** Sooner or later. */
const again = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.retry(effect, { schedule: Schedule.spaced(20), times: 300 })

const proxyTo = (port: number) =>
  Effect.acquireRelease(
    Effect.promise(() => startProxy(port)),
    ({ stop }) => Effect.promise(stop)
  )

await withRedis("a server that does not answer", startRedis, (server) => {
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
  const stopped = Effect.acquireRelease(
    Effect.sync(() => server.signal("SIGSTOP")),
    () => Effect.sync(() => server.signal("SIGCONT"))
  )

  it.live.each([
    ["its own client", fromUrl({ url: server.url, sealKey })],
    ["node-redis", fromClient(nodeRedis, { sealKey })],
    ["ioredis", fromClient(ioRedis, { sealKey })]
  ] as const)("F20: it costs a caller a quarter of a second, once: %s", ([, layer]) =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        yield* keep(store, key, "t1")
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* stopped
            const many = Effect.forEach(Array.from({ length: 50 }), () => codeOf(store.get(key)), {
              concurrency: "unbounded"
            })
            const [codes, first] = yield* timed(many)
            assert.deepStrictEqual([...new Set(codes)], ["TIMEOUT"])
            assert.isBelow(first, patience)
            assert.isAtLeast(first, 200)
            const [code, next] = yield* timed(codeOf(store.get(key)))
            assert.include(["TIMEOUT", "DISCONNECTED"], code)
            assert.isBelow(next, 200)
          })
        )
        assert.strictEqual(yield* again(idIn(store, key)), "t1")
      })
    )
  )

  it.live("F20: it keeps nobody who would listen through effect's Redis, nor its end", () =>
    Effect.gen(function* () {
      const redis = Layer.orDie(NodeRedisLayer.layer({ url: server.url }))
      const context = yield* Layer.build(redis)
      const layer = fromDriver(Effect.provide(EffectRedis.driver(), context), { sealKey })
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* stopped
          const listen = using(layer, (store) => codeOf(Stream.runDrain(store.changes)))
          const [code, waited] = yield* timed(listen)
          assert.strictEqual(code, "TIMEOUT")
          assert.isBelow(waited, 1_000 + 1_000)
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live("invariant 2: what is carried out late does not live longer for it", () =>
    using(fromClient(nodeRedis, { sealKey }), (store) =>
      Effect.gen(function* () {
        // A script that the server does not know yet would not be carried out late, but refused.
        yield* keep(store, newKey(), "t0")
        const key = newKey()
        const { generation } = yield* store.get(key)
        const life = 3_000
        const stored = testToken(key, "t1", { issued: yield* now, life })
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* stopped
            const put = yield* Effect.forkChild(codeOf(store.put(stored, generation)))
            yield* Effect.sleep(1_000)
            assert.strictEqual(yield* Fiber.join(put), "TIMEOUT")
          })
        )
        const { held } = yield* Effect.repeat(Effect.eventually(store.get(key)), {
          until: (look) => look.held !== undefined,
          schedule: Schedule.spaced(5)
        })
        // The server stood still for a second; its clock and ours differ by some milliseconds on a busy machine.
        assert.isAtMost(held?.lifetime.end ?? Infinity, stored.lifetime.end + 100)
      })
    )
  )

  it.live("F43: connections that died without a word are noticed, and made anew", () =>
    Effect.gen(function* () {
      const proxy = yield* proxyTo(server.port)
      yield* using(fromUrl({ url: proxy.url, sealKey }), (store) =>
        Effect.gen(function* () {
          const key = newKey()
          yield* keep(store, key, "t1")
          const feed = Stream.runDrain(Stream.tap(store.changes, () => Effect.sync(proxy.forsake)))
          // T24: within a second the feed is known to be lost.
          const [code, lost] = yield* timed(codeOf(feed))
          assert.notStrictEqual(code, "")
          assert.isBelow(lost, 1_000 + 2_000)
          assert.strictEqual(yield* again(idIn(store, key)), "t1")
          yield* again(Stream.runHead(store.changes))
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live(
    "T24, F43: that a feed has died is known within a second, however long answers may take",
    () =>
      Effect.gen(function* () {
        const proxy = yield* proxyTo(server.port)
        yield* using(fromUrl({ url: proxy.url, sealKey, timeout: 10_000 }), (store) =>
          Effect.gen(function* () {
            const feed = Stream.runDrain(
              Stream.tap(store.changes, () => Effect.sync(proxy.forsake))
            )
            const [code, lost] = yield* timed(codeOf(feed))
            assert.strictEqual(code, "TIMEOUT")
            assert.isBelow(lost, 1_000 + 1_000)
          })
        )
      }).pipe(Effect.scoped)
  )

  it.live("F36: answers that came while this process stood still are heard", () =>
    using(fromUrl({ url: server.url, sealKey }), (store) =>
      Effect.gen(function* () {
        const key = newKey()
        yield* keep(store, key, "t1")
        const looks = yield* Effect.forkChild(
          Effect.forEach(Array.from({ length: 20 }), () => idIn(store, key), {
            concurrency: "unbounded"
          })
        )
        yield* Effect.yieldNow
        const began = yield* now
        while ((yield* now) - began < 600);
        assert.deepStrictEqual([...new Set(yield* Fiber.join(looks))], ["t1"])
      })
    )
  )
})

await withRedis("servers behind a sentinel that do not answer", startSentinel, (group) => {
  it.live("T24, F20: that the feed is lost is known within a second", () =>
    Effect.gen(function* () {
      const sentinel = { host: "127.0.0.1", port: group.port }
      const client = createSentinel({ name: group.name, sentinelRootNodes: [sentinel] })
      client.on("error", () => undefined)
      yield* Effect.acquireRelease(
        Effect.promise(() => client.connect()),
        () => Effect.promise(() => client.destroy())
      )
      const signal = (name: "SIGSTOP" | "SIGCONT") =>
        Effect.sync(() => {
          for (const server of group.servers) server.signal(name)
        })
      yield* Effect.addFinalizer(() => signal("SIGCONT"))
      const [code, lost] = yield* timed(
        using(fromClient(client, { sealKey }), (store) =>
          codeOf(Stream.runDrain(Stream.tap(store.changes, () => signal("SIGSTOP"))))
        )
      )
      assert.notStrictEqual(code, "")
      assert.isBelow(lost, 1_000 + 1_000)
    }).pipe(Effect.scoped)
  )
})

await withRedis("one server of a cluster that does not answer", startCluster, (cluster) => {
  it.live("F43: the others are not held up, and its connection is made anew", () =>
    Effect.gen(function* () {
      const proxies = yield* Effect.forEach(cluster.servers, ({ port }) => proxyTo(port))
      const keys = yield* Effect.forEach(proxies, (_, index) => keyOn(index))
      const ports = proxies.map(({ port }) => String(port))
      for (const [index, server] of cluster.servers.entries()) {
        yield* Effect.promise(() =>
          server.command("CONFIG", "SET", "cluster-announce-port", ports[index] ?? "")
        )
      }
      const slots = Effect.forEach(cluster.servers, (server) =>
        Effect.map(
          Effect.promise(() => server.command("CLUSTER", "SLOTS")),
          JSON.stringify
        )
      )
      // They tell each other, in time.
      yield* Effect.repeat(slots, {
        until: (told) => told.every((one) => ports.every((port) => one.includes(port))),
        schedule: Schedule.spaced(20)
      })
      const [url = "", ...more] = proxies.map(({ url }) => url)
      yield* using(fromUrl({ url: [url, ...more], sealKey }), (store) =>
        Effect.gen(function* () {
          for (const key of keys) yield* again(keep(store, key, "t1"))
          const [silent, ...answering] = keys
          assert.isDefined(silent)
          proxies[0]?.forsake()
          assert.strictEqual(yield* codeOf(store.get(silent)), "TIMEOUT")
          for (const key of answering) assert.strictEqual(yield* idIn(store, key), "t1")
          assert.strictEqual(yield* again(idIn(store, silent)), "t1")
          // A list asks each server, and has no key that would say which one is silent.
          proxies[2]?.forsake()
          assert.strictEqual(yield* codeSoonOf(store.entries), "TIMEOUT")
          assert.lengthOf(yield* again(store.entries), 3)
        })
      )
    }).pipe(Effect.scoped)
  )

  const keyOn = (index: number): Effect.Effect<TokenKey> =>
    Effect.repeat(
      Effect.promise(async () => {
        const key = newKey()
        return { key, owner: await cluster.ownerOf(names.ofKey(key).token) }
      }),
      { until: ({ owner }) => owner === cluster.servers[index] }
    ).pipe(Effect.map(({ key }) => key))
})
