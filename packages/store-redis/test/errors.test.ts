import { afterEach, assert, describe, it } from "@effect/vitest"
import type { StoreError } from "@onbehalf/core/TokenStore"
import { testToken } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { readFileSync } from "node:fs"
import { rm } from "node:fs/promises"
import { fromClient, fromUrl } from "../src/index.ts"
import { names, patient } from "./support/backend.ts"
import { startCluster } from "./support/redisCluster.ts"
import { startRedis } from "./support/redisServer.ts"
import { codeOf, codeSoonOf, idIn, keep, newKey, using } from "./support/using.ts"
import { withRedis } from "./support/withRedis.ts"

await withRedis("what a server refuses", startRedis, (server) => {
  const layer = fromUrl({ ...patient, url: server.url })
  const command = (...words: ReadonlyArray<string>) =>
    Effect.promise(() => server.command(...words))
  const set = (name: string, value: string) => command("CONFIG", "SET", name, value)

  afterEach(async () => {
    for (const [name, value] of [
      ["maxmemory", "0"],
      ["maxmemory-policy", "noeviction"],
      ["key-load-delay", "0"],
      ["save", ""],
      ["maxclients", "1000"]
    ] as const) {
      await server.command("CONFIG", "SET", name, value)
    }
    await server.command("REPLICAOF", "NO", "ONE")
  })

  it.live("F21: loading its data, it is no use, and then it is", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        yield* keep(store, key, "t1")
        for (let index = 0; index < 20; index++) yield* keep(store, newKey(), "t2")
        // Microseconds a key; it answers while it loads only after so many bytes.
        yield* set("loading-process-events-interval-bytes", "1024")
        yield* set("key-load-delay", "20000")
        yield* Effect.forkScoped(Effect.exit(command("DEBUG", "RELOAD")))
        assert.strictEqual(yield* codeSoonOf(store.get(key)), "LOADING")
        const again = Effect.retry(idIn(store, key), { schedule: Schedule.spaced(50), times: 100 })
        assert.strictEqual(yield* again, "t1")
      })
    )
  )

  it.live("F22: a replica is read, and refuses what is written", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const [held, unknown] = [newKey(), newKey()]
        yield* keep(store, held, "t1")
        const { generation } = yield* store.get(held)
        yield* command("REPLICAOF", "127.0.0.1", "1")
        assert.strictEqual(yield* idIn(store, held), "t1")
        assert.isUndefined(yield* idIn(store, unknown))
        const writes: ReadonlyArray<Effect.Effect<unknown, StoreError, Scope.Scope>> = [
          store.put(testToken(held, "t2"), generation),
          store.remove(held, "t1"),
          store.revoke(held.owner),
          store.lease(held, 1_000)
        ]
        for (const write of writes) {
          assert.strictEqual(yield* codeOf(write), "READONLY")
        }
        // What was looked up there must not be written elsewhere later: a revocation may have come between.
        const look = yield* store.get(unknown)
        yield* command("REPLICAOF", "NO", "ONE")
        const late = store.put(testToken(unknown, "t3"), look.generation)
        assert.include((yield* Effect.flip(late)).problem, "generation")
        assert.strictEqual(yield* keep(store, unknown, "t4"), "stored")
      })
    )
  )

  it.live("F23: full, it is read and revoked, and nothing else", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const [held, unknown] = [newKey(), newKey()]
        yield* keep(store, held, "t1")
        const { generation } = yield* store.get(held)
        yield* set("maxmemory", "1")
        assert.strictEqual(yield* idIn(store, held), "t1")
        assert.isUndefined(yield* idIn(store, unknown))
        assert.strictEqual(yield* codeOf(store.put(testToken(held, "t2"), generation)), "OOM")
        assert.strictEqual(yield* codeOf(store.lease(held, 1_000)), "OOM")
        assert.strictEqual(yield* store.revoke(held.owner), 1)
        assert.isUndefined(yield* idIn(store, held))
        yield* set("maxmemory", "0")
        // T24: revoked while it was full is revoked.
        const late = yield* store.put(testToken(held, "t3"), generation)
        assert.strictEqual(late, "superseded")
        assert.strictEqual(yield* keep(store, held, "t4"), "stored")
      })
    )
  )

  it.live("F25: something else under a key is in the way of nothing", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        const { fences, generation, index, lease, token } = names.ofKey(key)
        for (const name of [token, generation, index, lease, fences]) {
          yield* keep(store, key, "t1")
          yield* command("DEL", name)
          yield* command("LPUSH", name, "a list")
          yield* store.remove(key, "t1")
          yield* store.entries
          assert.strictEqual(yield* keep(store, key, "t2"), "stored", name)
          assert.strictEqual(yield* idIn(store, key), "t2", name)
          assert.isDefined(yield* Effect.scoped(store.lease(key, 1_000)), name)
          assert.strictEqual(yield* store.revoke(key.owner), 1, name)
        }
      })
    )
  )

  it.live("F25: a server that cannot save refuses writes", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        yield* keep(store, key, "t1")
        const { generation } = yield* store.get(key)
        yield* Effect.promise(() => rm(server.folder, { recursive: true }))
        yield* set("save", "3600 1")
        yield* Effect.ignore(Effect.tryPromise(() => server.command("BGSAVE")))
        const put = store.put(testToken(key, "t2"), generation)
        assert.strictEqual(yield* codeSoonOf(put), "MISCONF")
        assert.isDefined(yield* idIn(store, key))
      })
    )
  )

  it.live("NOSCRIPT: a server that forgot the scripts is told them again", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        yield* keep(store, key, "t1")
        yield* command("SCRIPT", "FLUSH")
        assert.strictEqual(yield* idIn(store, key), "t1")
        yield* command("SCRIPT", "FLUSH")
        assert.strictEqual(yield* store.revoke(key.owner), 1)
      })
    )
  )

  describe("F25: to whom", () => {
    const refused = (url: string) =>
      using(fromUrl({ ...patient, url }), (store) => codeOf(store.get(newKey())))
    const address = (user: string) => `redis://${user}@127.0.0.1:${server.port}`

    it.live("a wrong password, or none where one is wanted", () =>
      Effect.gen(function* () {
        yield* command("ACL", "SETUSER", "store", "reset", "on", ">right", "~*", "&*", "+@all")
        assert.strictEqual(yield* refused(address("store:wrong")), "WRONGPASS")
        yield* command("ACL", "SETUSER", "default", "resetpass", ">wanted")
        assert.strictEqual(yield* refused(server.url), "NOAUTH")
        yield* command("ACL", "SETUSER", "default", "nopass")
      })
    )

    it.live("a user who may not, and one who may do just what the README says", () =>
      Effect.gen(function* () {
        const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
        const rights = (/^```text acl\n([\s\S]+?)\n```$/m.exec(readme)?.[1] ?? "").split(/\s/)
        assert.isAbove(rights.length, 20)
        const user = ["ACL", "SETUSER", "store", "reset", "on", ">right"]
        yield* command(...user, "~onbehalf:*", "&onbehalf:*", "+hello", "+ping")
        assert.strictEqual(yield* refused(address("store:right")), "NOPERM")
        yield* command(...user, ...rights)
        yield* using(fromUrl({ ...patient, url: address("store:right") }), (store) =>
          Effect.gen(function* () {
            const key = newKey()
            assert.strictEqual(yield* keep(store, key, "t1"), "stored")
            assert.isDefined(yield* Effect.scoped(store.lease(key, 1_000)))
            assert.isAbove((yield* store.entries).length, 0)
            assert.isTrue(yield* store.remove(key, "t1"))
            assert.strictEqual(yield* store.revoke(key.owner), 0)
          })
        )
      })
    )

    it.live("too many clients", () =>
      Effect.gen(function* () {
        yield* set("maxclients", "1")
        assert.strictEqual(yield* refused(server.url), "ERR")
      })
    )
  })
})

await withRedis("a client that finds no server in a cluster", startCluster, (cluster) => {
  it.live("MOVED: is told, in a word", () =>
    Effect.gen(function* () {
      const [only] = cluster.servers
      const client = {
        send: ({ words }: { readonly words: ReadonlyArray<string> }) =>
          only?.command(...words) ?? Promise.reject(new Error("gone")),
        subscribe: () => Promise.reject(new Error("not here"))
      }
      const codes = yield* using(fromClient(client, patient), (store) =>
        Effect.forEach(Array.from({ length: 20 }, newKey), (key) => codeOf(store.get(key)))
      )
      assert.deepStrictEqual([...new Set(codes)].toSorted(), ["", "MOVED"])
    })
  )

  it.live("CROSSSLOT: a client that takes the braces from the names is told so", () =>
    Effect.gen(function* () {
      const client = {
        send: async ({ words }: { readonly words: ReadonlyArray<string> }) =>
          (await cluster.command("any", ...words.map(bare)))[0],
        subscribe: () => Promise.reject(new Error("not here"))
      }
      const code = yield* using(fromClient(client, patient), (store) => codeOf(store.get(newKey())))
      assert.strictEqual(code, "CROSSSLOT")
    })
  )
})

const bare = (word: string): string =>
  word.startsWith("onbehalf:") ? word.replaceAll(/[{}]/g, "") : word
