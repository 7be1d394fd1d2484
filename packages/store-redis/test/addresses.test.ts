import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { readFileSync } from "node:fs"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fromClient, fromUrl, redisStore, type RedisClient } from "../src/index.ts"
import { names, patient, sealKey } from "./support/backend.ts"
import { startProxy } from "./support/proxy.ts"
import { settings, startClusterOf } from "./support/redisCluster.ts"
import { freePort, startRedisWith } from "./support/redisServer.ts"
import { codeOf, keep, newKey, using } from "./support/using.ts"
import { withRedis } from "./support/withRedis.ts"

const certificates = join(import.meta.dirname, "../../../tests/faults/certificates")
const authority = readFileSync(join(certificates, "authority.pem"), "utf8")

describe("where Redis is", () => {
  const refused = (options: Parameters<typeof redisStore>[0]) =>
    Effect.flip(using(redisStore(options).layer, () => Effect.void))

  it.effect.each([
    "",
    "redis.example",
    "http://127.0.0.1:6379",
    "redis://redis.example:6379",
    "redis://127.0.0.1.example:6379",
    "redis://localhost.example",
    "redis://[::2]",
    "rediss://user:%zz@redis.example"
  ])("T23: %s is refused", (url) =>
    Effect.gen(function* () {
      const error = yield* refused({ url, sealKey })
      assert.strictEqual(error.code, "invalid_configuration")
      assert.include(error.message, "url")
    })
  )

  // As JavaScript hands it over where a variable of the environment is not set.
  it.effect.each([{ url: undefined }, { url: [] }, {}])("%o is refused by its name", (server) =>
    Effect.gen(function* () {
      const options = { ...server, sealKey } as unknown as Parameters<typeof redisStore>[0]
      const error = yield* refused(options)
      assert.strictEqual(error.code, "invalid_configuration")
      assert.include(error.message, "url must be an address")
    })
  )

  it.effect("T23: every server of a cluster is looked at", () =>
    Effect.gen(function* () {
      const url = ["redis://127.0.0.1:7000", "redis://redis.example:7001"] as const
      assert.include((yield* refused({ url, sealKey })).message, "url")
    })
  )

  it.effect("without a seal key it does not start, unless told so in so many words", () =>
    Effect.gen(function* () {
      const url = "redis://127.0.0.1:1"
      assert.include((yield* refused({ url })).message, "ONBEHALF_SEAL_KEY")
      assert.include((yield* refused({ url, sealKey, plaintext: true })).message, "plaintext")
    })
  )

  it.effect.each(["{a}", "a*", "a b", "x".repeat(65)])("the prefix %s is refused", (prefix) =>
    Effect.gen(function* () {
      const error = yield* refused({ url: "redis://127.0.0.1:1", sealKey, prefix })
      assert.include(error.message, "prefix")
    })
  )

  it.effect.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    "a timeout of %d is refused",
    (timeout) =>
      Effect.gen(function* () {
        const error = yield* refused({ url: "redis://127.0.0.1:1", sealKey, timeout })
        assert.include(error.message, "timeout")
        const client = { send: () => Promise.reject(), subscribe: () => Promise.reject() }
        assert.include((yield* refused({ client, sealKey, timeout })).message, "timeout")
      })
  )

  it.effect("what is no client is refused", () =>
    Effect.gen(function* () {
      const layer = fromClient({} as RedisClient, { sealKey })
      assert.include((yield* Effect.flip(using(layer, () => Effect.void))).message, "client")
    })
  )

  it.live.each([
    ["a server", (url: string) => url],
    ["a cluster", (url: string) => [url, url] as const]
  ] as const)("F20: no connection is left to %s that takes them and does not greet", ([, at]) =>
    Effect.gen(function* () {
      const open = new Set<Socket>()
      let taken = 0
      const { port } = yield* listening((client) => {
        taken++
        open.add(client.resume())
        client.on("error", () => undefined)
        client.on("close", () => open.delete(client))
      })
      const url = at(`redis://localhost:${port}`)
      // After the first attempt, in the second.
      yield* using(fromUrl({ sealKey, url }), () =>
        Effect.repeat(Effect.sleep(5), { until: () => taken === 2 })
      )
      yield* Effect.repeat(Effect.sleep(5), { until: () => open.size === 0 })
    }).pipe(Effect.scoped)
  )

  it.live("F19: a server that is not there is no reason not to start", () =>
    Effect.gen(function* () {
      const port = yield* Effect.promise(freePort)
      const urls = [`redis://127.0.0.1:${port}`, `redis://127.0.0.1:${port}`] as const
      for (const url of [urls[0], urls]) {
        const code = yield* using(fromUrl({ ...patient, url }), (store) =>
          codeOf(store.get(newKey()))
        )
        assert.strictEqual(code, "DISCONNECTED")
      }
    })
  )
})

const encrypted = async (settings: Readonly<Record<string, string>> = {}) => {
  const port = await freePort()
  const server = await startRedisWith({
    ...settings,
    "tls-port": `${port}`,
    "tls-cert-file": join(certificates, "good.pem"),
    "tls-key-file": join(certificates, "good.key"),
    "tls-ca-cert-file": join(certificates, "authority.pem"),
    "tls-auth-clients": "optional"
  })
  return { ...server, url: `rediss://store:pass%2Fword@localhost:${port}` }
}

const elsewhere = async () => {
  // Nobody has this address.
  const settings = { "cluster-enabled": "yes", "cluster-announce-ip": "192.0.2.1" }
  const server = await startRedisWith(settings)
  await server.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
  for (;;) {
    if (String(await server.command("CLUSTER", "INFO")).includes("cluster_state:ok")) return server
    await sleep(20)
  }
}

await withRedis(
  "a cluster that announces servers elsewhere",
  elsewhere,
  ({ command, port, url }) => {
    const urls = [url, url] as const

    it.live("T23: is not spoken to in the clear", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(
          using(fromUrl({ ...patient, url: urls }), () => Effect.void)
        )
        assert.strictEqual(error.code, "invalid_configuration")
        assert.include(error.message, "rediss://")
      })
    )

    it.live("T23: is, where that was asked for", () =>
      using(fromUrl({ sealKey, url: urls, unencrypted: true }), (store) =>
        Effect.map(codeOf(store.get(newKey())), (code) =>
          assert.notStrictEqual(code, "UNENCRYPTED")
        )
      )
    )

    it.live("T23: nor later, when it announces them while it is used", () =>
      Effect.gen(function* () {
        const config = (name: string, value: string) =>
          Effect.promise(() => command("CONFIG", "SET", `cluster-announce-${name}`, value))
        let moved = false
        const proxy = yield* Effect.acquireRelease(
          Effect.promise(() =>
            startProxy(port, () => (answer) => {
              const sent = moved ? Buffer.from("-MOVED 1 192.0.2.1:6379\r\n") : answer
              moved = false
              return [sent]
            })
          ),
          ({ stop }) => Effect.promise(stop)
        )
        yield* config("ip", "127.0.0.1")
        yield* config("port", String(proxy.port))
        const layer = fromUrl({ ...patient, url: [proxy.url, proxy.url] })
        yield* using(layer, (store) =>
          Effect.gen(function* () {
            assert.strictEqual(yield* codeOf(store.get(newKey())), "")
            yield* config("ip", "192.0.2.1")
            moved = true
            assert.strictEqual(yield* codeOf(store.get(newKey())), "UNENCRYPTED")
            assert.strictEqual(yield* codeOf(store.get(newKey())), "UNENCRYPTED")
          })
        )
      }).pipe(Effect.scoped)
    )
  }
)

await withRedis(
  "a server that speaks TLS",
  () => encrypted(),
  (server) => {
    it.live("F18, T29: is believed with its authority, by its name, and not otherwise", () =>
      Effect.gen(function* () {
        yield* Effect.promise(() =>
          server.command("ACL", "SETUSER", "store", "on", ">pass/word", "~*", "&*", "+@all")
        )
        const url = Redacted.make(server.url)
        const tls = { ca: authority }
        const stored = using(fromUrl({ ...patient, url, tls }), (store) =>
          // It listens on a connection of its own, which is no less safe.
          Effect.andThen(Stream.runHead(store.changes), keep(store, newKey(), "t1"))
        )
        assert.strictEqual(yield* stored, "stored")
        const look = (options: Parameters<typeof fromUrl>[0]) =>
          using(fromUrl(options), (store) => codeOf(store.get(newKey())))
        assert.strictEqual(yield* look({ ...patient, url }), "DISCONNECTED")
        const another = { ...tls, servername: "redis.example" }
        assert.strictEqual(yield* look({ ...patient, url, tls: another }), "DISCONNECTED")
      })
    )

    it.live("is left by a store that was closed while they shook hands", () =>
      Effect.gen(function* () {
        const [begun, ended] = [yield* Deferred.make<Socket>(), yield* Deferred.make<void>()]
        const address = yield* listening((client) => {
          client.on("close", () => Deferred.doneUnsafe(ended, Effect.void))
          client.on("error", () => undefined)
          Deferred.doneUnsafe(begun, Effect.succeed(client.pause()))
        })
        const url = `rediss://localhost:${address.port}`
        const opening = yield* Effect.forkChild(
          using(fromUrl({ sealKey, url, tls: { ca: authority } }), () => Effect.void)
        )
        const client = yield* Deferred.await(begun)
        yield* Fiber.interrupt(opening)
        const upstream = connect(Number(new URL(server.url).port), "localhost")
        client.pipe(upstream).pipe(client)
        yield* Deferred.await(ended)
        upstream.destroy()
      }).pipe(Effect.scoped)
    )
  }
)

const listening = (onConnection: (client: Socket) => void) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer(onConnection)
      await new Promise<void>((resolve) => server.listen(0, "localhost", resolve))
      return Object.assign(server.address() as AddressInfo, { server })
    }),
    ({ server }) => Effect.sync(() => server.close())
  )

const encryptedCluster = () =>
  startClusterOf(() => encrypted({ ...settings, "tls-cluster": "yes" }))

await withRedis("a cluster that speaks TLS", encryptedCluster, (cluster) => {
  it.live("F18, T29: each of its servers is spoken to safely, and listened to", () =>
    Effect.gen(function* () {
      yield* Effect.promise(() =>
        cluster.command(
          undefined,
          "ACL",
          "SETUSER",
          "store",
          "on",
          ">pass/word",
          "~*",
          "&*",
          "+@all"
        )
      )
      const url = cluster.urls
      const tls = { ca: authority }
      yield* using(fromUrl({ ...patient, url, tls }), (store) =>
        Effect.gen(function* () {
          yield* Stream.runHead(store.changes)
          const keys = Array.from({ length: 20 }, newKey)
          for (const key of keys) assert.strictEqual(yield* keep(store, key, "t1"), "stored")
          const owners = yield* Effect.promise(() =>
            Promise.all(keys.map((key) => cluster.ownerOf(names.ofKey(key).token)))
          )
          assert.strictEqual(new Set(owners).size, 3)
        })
      )
      // Whoever does not know its authority, or listens in the clear, gets nothing.
      const code = using(fromUrl({ ...patient, url }), (store) => codeOf(store.get(newKey())))
      assert.strictEqual(yield* code, "DISCONNECTED")
    })
  )
})
