import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { fromUrl } from "../src/index.ts"
import { names, patient } from "./support/backend.ts"
import { startRedis } from "./support/redisServer.ts"
import { idIn, keep, newKey, refusedSoFar, using } from "./support/using.ts"
import { withRedis } from "./support/withRedis.ts"

await withRedis("leases in Redis", startRedis, (server) => {
  const layer = fromUrl({ ...patient, url: server.url })
  const command = (...words: ReadonlyArray<string>) =>
    Effect.promise(() => server.command(...words))

  it.live("four questions a fetch: the lease goes with the token that it was for", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        const calls = Effect.map(command("INFO", "commandstats"), (stats) =>
          Number(/cmdstat_evalsha:calls=(\d+)/.exec(String(stats))?.[1])
        )
        const fetch = Effect.gen(function* () {
          yield* store.get(key)
          assert.isDefined(yield* store.lease(key, 15_000))
          yield* keep(store, key, "t1")
        }).pipe(Effect.scoped)
        // The first time, the server is told the scripts.
        yield* fetch
        const before = yield* calls
        yield* fetch
        assert.strictEqual((yield* calls) - before, 4)
        assert.isDefined(yield* Effect.scoped(store.lease(key, 15_000)))
        // One that is another's stays.
        yield* using(layer, (other) =>
          Effect.gen(function* () {
            yield* other.lease(key, 15_000)
            yield* keep(store, key, "t2")
            assert.isUndefined(yield* store.lease(key, 15_000))
          })
        )
      })
    )
  )

  it.live(
    "T22: a lease is held for as long as it was asked for, and promised for two seconds only",
    () =>
      using(layer, (store) =>
        Effect.gen(function* () {
          const key = newKey()
          yield* using(layer, (holder) =>
            Effect.gen(function* () {
              yield* holder.lease(key, 15_000)
              yield* Effect.sleep(3_000)
              assert.isUndefined(yield* store.lease(key, 15_000))
              const left = Number(yield* command("PTTL", names.ofKey(key).lease))
              assert.isAtMost(left, 2_000)
            })
          )
          assert.isDefined(yield* store.lease(key, 15_000))
        })
      )
  )

  it.live.each([
    ["a word", ["SET", "x", "PX", "60000"]],
    ["a word for ever", ["SET", "x"]],
    ["a lease for ever", ["SET", "me-1:7"]],
    ["a lease for longer than any", ["SET", "me-1:7", "PX", "60000"]],
    ["a list", ["RPUSH", "x"]]
  ] as const)("F26: %s under the name of a lease is in nobody's way, and counted", ([, words]) =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        const { lease } = names.ofKey(key)
        const [name, ...rest] = words
        yield* command(name, lease, ...rest)
        const refused = yield* refusedSoFar
        assert.isDefined(yield* Effect.scoped(store.lease(key, 15_000)))
        assert.strictEqual(yield* refusedSoFar, refused + 1)
        assert.isDefined(yield* store.lease(key, 15_000))
        assert.isUndefined(yield* store.lease(key, 15_000))
        assert.strictEqual(yield* refusedSoFar, refused + 1)
      })
    )
  )

  it.live("T22: a holder that slept, and after whom another came, stores nothing", () =>
    using(layer, (slept) =>
      using(layer, (next) =>
        Effect.gen(function* () {
          const key = newKey()
          const { lease } = names.ofKey(key)
          yield* slept.lease(key, 15_000)
          yield* command("DEL", lease)
          // Nobody came: what it fetched is as good as any.
          assert.strictEqual(yield* keep(slept, key, "t1"), "stored")
          yield* slept.lease(key, 15_000)
          yield* command("DEL", lease)
          yield* next.lease(key, 15_000)
          assert.strictEqual(yield* keep(slept, key, "t2"), "superseded")
          assert.strictEqual(yield* keep(next, key, "t3"), "stored")
          assert.strictEqual(yield* keep(slept, key, "t4"), "superseded")
          assert.strictEqual(yield* idIn(slept, key), "t3")
        })
      )
    )
  )
})
