import { assert, it } from "@effect/vitest"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { testToken } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import { createClient, RESP_TYPES } from "redis"
import { fromUrl } from "../src/index.ts"
import { names, patient } from "./support/backend.ts"
import { startRedis } from "./support/redisServer.ts"
import { idIn, keep, newKey, now, refusedSoFar, using } from "./support/using.ts"
import { withRedis } from "./support/withRedis.ts"

await withRedis("what was changed in Redis", startRedis, (server) => {
  const layer = fromUrl({ ...patient, url: server.url })
  const command = (...words: ReadonlyArray<string>) =>
    Effect.promise(() => server.command(...words))
  const tokenOf = (key: TokenKey) => names.ofKey(key).token
  const read = (name: string) => Effect.map(command("GET", name), String)

  it.live("T24, invariant 2: a record that has ended and is put back does not live anew", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const [ended, alive] = [newKey(), newKey()]
        yield* keep(store, ended, "t1", 50)
        yield* keep(store, alive, "t2", 20_000)
        const replayed = yield* read(tokenOf(ended))
        yield* Effect.sleep(60)
        yield* command("SET", tokenOf(ended), replayed, "PX", "60000")
        yield* command("PEXPIRE", tokenOf(alive), "60000")
        const refused = yield* refusedSoFar
        assert.isUndefined(yield* idIn(store, ended))
        assert.strictEqual(yield* command("EXISTS", tokenOf(ended)), 0)
        assert.strictEqual(yield* refusedSoFar, refused + 1)
        const { held } = yield* store.get(alive)
        assert.isBelow(held?.lifetime.end ?? Number.NaN, (yield* now) + 20_000)
        const listed = (yield* store.entries).find(({ id }) => id === "t2")
        assert.isBelow(listed?.lifetime.end ?? Number.NaN, (yield* now) + 20_000)
      })
    )
  )

  /** Hands on the bytes, which text would not survive. */
  const bytes = Effect.acquireRelease(
    Effect.promise(() => createClient({ url: server.url }).connect()),
    (client) => Effect.sync(() => client.destroy())
  ).pipe(
    Effect.map((client) => client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })),
    Effect.map((client) => ({
      read: (name: string) =>
        Effect.promise(async () => Buffer.from((await client.get(name)) ?? "")),
      write: (name: string, value: Buffer) =>
        Effect.promise(() => client.set(name, value, { KEEPTTL: true, GET: true }))
    }))
  )

  const flipped = (whole: Buffer, byte: number, bit: number): Buffer => {
    const copy = Buffer.from(whole)
    copy.writeUInt8(copy.readUInt8(byte) ^ (1 << bit), byte)
    return copy
  }

  it.live("T24, F26: with any bit of it flipped a record is not served, goes, and is counted", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const { read, write } = yield* bytes
        const refused = yield* refusedSoFar
        // One key for each bit of a byte, so that they go side by side.
        const flips = yield* Effect.forEach(
          [0, 1, 2, 3, 4, 5, 6, 7],
          Effect.fnUntraced(function* (bit) {
            const key = newKey()
            yield* keep(store, key, "tok-1")
            const whole = yield* read(tokenOf(key))
            const remaining = String(yield* command("PTTL", tokenOf(key)))
            for (let byte = 0; byte < whole.length; byte++) {
              yield* write(tokenOf(key), flipped(whole, byte, bit))
              yield* command("PEXPIRE", tokenOf(key), remaining)
              assert.isUndefined(yield* idIn(store, key), `bit ${bit} of byte ${byte}`)
              const left = yield* command("EXISTS", tokenOf(key))
              assert.strictEqual(left, 0, `bit ${bit} of byte ${byte} lies there still`)
            }
            return whole.length
          }),
          { concurrency: "unbounded" }
        )
        const all = flips.reduce((sum, each) => sum + each, 0)
        assert.isAbove(all, 8 * 200)
        assert.strictEqual((yield* refusedSoFar) - refused, all)
      })
    ).pipe(Effect.scoped)
  )

  it.live("T24: with any bit of its generation flipped an owner's tokens are fetched anew", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const { read, write } = yield* bytes
        const key = newKey()
        const { generation } = names.ofKey(key)
        for (let byte = 0; byte < 16; byte++) {
          for (let bit = 0; bit < 8; bit++) {
            yield* keep(store, key, "t1")
            const whole = yield* read(generation)
            assert.lengthOf(whole, 16)
            yield* write(generation, flipped(whole, byte, bit))
            assert.isUndefined(yield* idIn(store, key), `bit ${bit} of byte ${byte}`)
            assert.strictEqual(
              yield* keep(store, key, "t2"),
              "stored",
              `bit ${bit} of byte ${byte}`
            )
            assert.strictEqual(yield* idIn(store, key), "t2")
            yield* store.revoke(key.owner)
          }
        }
      })
    ).pipe(Effect.scoped)
  )

  it.live("a generation that no client can hold is replaced by a new one", () =>
    using(layer, (store) =>
      Effect.gen(function* () {
        const key = newKey()
        const values = ["0", "9007199254740992", "9007199254740993", "9999999999999999", "1e15"]
        for (const value of values) {
          yield* keep(store, key, "t1")
          const before = yield* store.get(key)
          yield* command("SET", names.ofKey(key).generation, value, "PX", "60000")
          assert.isUndefined(yield* idIn(store, key))
          const late = yield* store.put(testToken(key, "t2"), before.generation)
          assert.strictEqual(late, "superseded")
          assert.strictEqual(yield* keep(store, key, "t3"), "stored", value)
        }
      })
    )
  )
})
