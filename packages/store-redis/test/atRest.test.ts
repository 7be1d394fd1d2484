import { assert, it } from "@effect/vitest"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { testKey, testToken } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { randomBytes } from "node:crypto"
import { createClient } from "redis"
import { fromUrl } from "../src/index.ts"
import { names, patient, sealKey } from "./support/backend.ts"
import { startRedis, startRedisWith } from "./support/redisServer.ts"
import { idIn, keep, newKey, now, refusedSoFar, using } from "./support/using.ts"
import { withRedis } from "./support/withRedis.ts"

const otherKey = Buffer.alloc(32, 8).toString("base64")

await withRedis("what lies in Redis", startRedis, (server) => {
  const layer = fromUrl({ ...patient, url: server.url })
  const command = (...words: ReadonlyArray<string>) =>
    Effect.promise(() => server.command(...words))
  const tokenOf = (key: TokenKey) => names.ofKey(key).token
  const read = (name: string) => Effect.map(command("GET", name), String)

  it.live("F26: whatever is put under a token's name is a miss, and goes", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const [key, other] = [newKey(), newKey()]
        yield* keep(store, key, "t1")
        yield* keep(store, other, "t2")
        const generation = yield* read(names.ofKey(key).generation)
        const foreign = yield* read(tokenOf(other))
        const own = yield* read(tokenOf(key))
        const values = [
          "",
          "x",
          ":",
          "::",
          `${generation}:`,
          `${generation}:t1:`,
          `${generation}:t1:4102444800000:`,
          `${generation}:t1:4102444800000:not base64`,
          `${generation}:t1:4102444800000:${randomBytes(300).toString("base64")}`,
          `${generation}${foreign.slice(foreign.indexOf(":"))}`,
          `0:${own.slice(own.indexOf(":") + 1)}`,
          `${Number(generation) - 1}${own.slice(own.indexOf(":"))}`,
          "x".repeat(10_000_000)
        ]
        for (const [index, value] of values.entries()) {
          yield* command("SET", tokenOf(key), value, "PX", "60000")
          assert.isUndefined(yield* idIn(store, key), `value ${index}`)
          const left = value === "" ? 0 : yield* command("EXISTS", tokenOf(key))
          assert.strictEqual(left, 0, `value ${index} lies there still`)
          assert.strictEqual(yield* keep(store, key, "t3"), "stored")
          assert.strictEqual(yield* idIn(store, key), "t3")
        }
      })
    )
  )

  it.live("F26: ten megabytes under a token's name are not fetched", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        const { generation } = yield* store.get(key)
        const value = `${generation}:t1:4102444800000:${"A".repeat(10_000_000)}`
        yield* command("SET", tokenOf(key), value, "PX", "60000")
        const sent = Effect.map(command("INFO", "stats"), (info) =>
          Number(/total_net_output_bytes:(\d+)/.exec(String(info))?.[1])
        )
        const [before, refused] = [yield* sent, yield* refusedSoFar]
        assert.isUndefined(yield* idIn(store, key))
        assert.strictEqual(yield* refusedSoFar, refused + 1)
        assert.strictEqual(yield* command("EXISTS", tokenOf(key)), 0)
        assert.isBelow((yield* sent) - before, 300_000)
      })
    )
  )

  it.live("invariant 2: a record that was made to stay for ever is not believed", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        yield* keep(store, key, "t1")
        yield* command("PERSIST", tokenOf(key))
        const { held } = yield* store.get(key)
        assert.isTrue(held === undefined || held.lifetime.limit <= (yield* now))
        assert.isUndefined(yield* idIn(store, key))
      })
    )
  )

  it.live("T24: an old record that is put back after a revocation is not believed", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        yield* keep(store, key, "t1")
        const replayed = yield* read(tokenOf(key))
        yield* store.revoke(key.owner)
        yield* command("SET", tokenOf(key), replayed, "PX", "60000")
        assert.isUndefined(yield* idIn(store, key))
        const present = yield* read(names.ofKey(key).generation)
        const relabelled = present + replayed.slice(replayed.indexOf(":"))
        yield* command("SET", tokenOf(key), relabelled, "PX", "60000")
        const refused = yield* refusedSoFar
        assert.isUndefined(yield* idIn(store, key))
        assert.strictEqual(yield* command("EXISTS", tokenOf(key)), 0)
        assert.strictEqual(yield* refusedSoFar, refused + 1)
      })
    )
  )

  it.live("F24, T24: a generation that was evicted lets nothing of before through", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const [held, under] = [newKey(), newKey()]
        yield* keep(store, held, "t1")
        const { generation } = yield* store.get(under)
        yield* store.revoke(under.owner)
        yield* command("DEL", names.ofKey(held).generation, names.ofKey(held).index)
        yield* command("DEL", names.ofKey(under).generation)
        // A token that outlived its owner's generation may have been revoked: nobody knows.
        assert.isUndefined(yield* idIn(store, held))
        assert.strictEqual(yield* store.put(testToken(under, "t2"), generation), "superseded")
        yield* store.get(under)
        assert.strictEqual(yield* store.put(testToken(under, "t3"), generation), "superseded")
        assert.strictEqual(yield* keep(store, under, "t4"), "stored")
      })
    )
  )

  it.live("F41: what another seal key sealed is a miss, unless that key still opens", () =>
    Effect.gen(function* () {
      const url = server.url
      const key = newKey()
      const withKeys = (options: { readonly sealKey: string; readonly oldSealKeys?: [string] }) =>
        fromUrl({ ...options, url, timeout: patient.timeout })
      yield* using(withKeys({ sealKey }), (store) => keep(store, key, "t1"))
      const rotated = withKeys({ sealKey: otherKey, oldSealKeys: [sealKey] })
      assert.strictEqual(yield* using(rotated, (store) => idIn(store, key)), "t1")
      const lost = withKeys({ sealKey: otherKey })
      assert.isUndefined(yield* using(lost, (store) => idIn(store, key)))
      yield* using(lost, (store) => keep(store, key, "t2"))
      assert.strictEqual(yield* using(rotated, (store) => idIn(store, key)), "t2")
    })
  )

  it.live("T26: sandbox and live do not meet, whatever is copied", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const [sandbox, live] = (["sandbox", "live"] as const).map((environment) =>
          testKey({ organisation: "m1", account: `meet-${process.pid}`, environment })
        )
        assert.isDefined(sandbox)
        assert.isDefined(live)
        yield* keep(store, sandbox, "t1")
        assert.isUndefined(yield* idIn(store, live))
        yield* keep(store, live, "t2")
        const value = yield* read(tokenOf(sandbox))
        const generation = yield* read(names.ofKey(sandbox).generation)
        yield* command("SET", names.ofKey(live).generation, generation, "PX", "9999")
        yield* command("SET", tokenOf(live), value, "PX", "9999")
        assert.isUndefined(yield* idIn(store, live))
      })
    )
  )

  it.live("T23: what goes over the wire shows no token, and who listens learns none", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const monitor = createClient({ url: server.url })
      yield* Effect.acquireRelease(
        Effect.promise(async () => {
          await monitor.connect()
          await monitor.monitor((line) => seen.push(String(line)))
        }),
        () => Effect.sync(() => monitor.destroy())
      )
      const text = "canary-0b5c5b7e"
      const key = newKey()
      yield* using(layer, (store) =>
        Effect.gen(function* () {
          const { generation } = yield* store.get(key)
          yield* store.put(testToken(key, "t1", { issued: yield* now, text }), generation)
          assert.strictEqual((yield* store.get(key)).held?.token.reveal(), text)
          yield* store.remove(key, "t1")
        })
      )
      const lines = seen.join("\n")
      assert.include(lines, names.ofKey(key).token)
      for (const form of [text, Buffer.from(text).toString("base64").slice(0, 16), sealKey]) {
        assert.notInclude(lines, form)
      }
      assert.notMatch(lines, /"(KEYS|FLUSHALL|FLUSHDB)"/i)
    }).pipe(Effect.scoped)
  )

  it.live("the index forgets what has expired", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const scopes = Array.from({ length: 40 }, (_, index) => [`scope-${index}`])
        const account = `index-${process.pid}`
        const keys = scopes.map((scopes) => testKey({ organisation: "m1", account, scopes }))
        const staying = testKey({ organisation: "m1", account })
        yield* keep(store, staying, "t2")
        for (const key of keys) yield* keep(store, key, "t1", 50)
        yield* Effect.sleep(60)
        for (let round = 0; round < 60; round++) yield* keep(store, staying, "t2")
        const [first] = keys
        assert.isDefined(first)
        assert.isBelow(Number(yield* command("HLEN", names.ofKey(first).index)), 10)
      })
    )
  )

  it.live("one question a look", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        yield* keep(store, key, "t1")
        const calls = Effect.map(command("INFO", "commandstats"), (stats) =>
          Number(/cmdstat_evalsha:calls=(\d+)/.exec(String(stats))?.[1])
        )
        const before = yield* calls
        for (let round = 0; round < 10; round++) yield* store.get(key)
        assert.strictEqual((yield* calls) - before, 10)
      })
    )
  )

  it.live("invariant 7: a password is in no error", () =>
    Effect.gen(function* () {
      const urls = [
        "redis://user:canary@redis.example:6379",
        "http://user:canary@redis.example",
        "rediss://user:canary%@redis.example",
        "canary"
      ]
      for (const url of urls) {
        const error = yield* Effect.flip(
          using(fromUrl({ url: Redacted.make(url), sealKey }), () => Effect.void)
        )
        assert.strictEqual(error.code, "invalid_configuration")
        assert.notInclude(JSON.stringify(error) + error.message + String(error.stack), "canary")
      }
    })
  )
})

const evicting = () => startRedisWith({ maxmemory: "2500kb", "maxmemory-policy": "allkeys-lru" })

await withRedis("a server that evicts", evicting, (server) => {
  it.live("F24: serves what is left, and nothing revoked", () =>
    using(fromUrl({ ...patient, url: server.url }), (store) =>
      Effect.gen(function* () {
        const revoked = new Set<string>()
        const keys: Array<TokenKey> = []
        for (let index = 0; index < 1_500; index++) {
          const key = newKey()
          keys.push(key)
          yield* keep(store, key, `t${index}`)
          const earlier = keys[index - 5]
          if (index % 10 === 5 && earlier !== undefined) {
            yield* store.revoke(earlier.owner)
            revoked.add(earlier.owner)
          }
        }
        assert.isAbove(
          Number(
            /evicted_keys:(\d+)/.exec(
              String(yield* Effect.promise(() => server.command("INFO", "stats")))
            )?.[1]
          ),
          100
        )
        let served = 0
        for (const [index, key] of keys.entries()) {
          const id = yield* idIn(store, key)
          if (id === undefined) continue
          served++
          assert.strictEqual(id, `t${index}`)
          assert.isFalse(revoked.has(key.owner))
        }
        assert.isAbove(served, 50)
      })
    )
  )
})
