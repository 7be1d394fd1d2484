import { AccessToken } from "@onbehalf/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { contendersFor, fiberLayer } from "./fiber.ts"
import { bareMap, fiberForEachKey, mintedByHand, onbehalf } from "./keepers.ts"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileKeepers } from "./files/index.ts"
import { startRedis } from "../packages/store-redis/test/support/redisServer.ts"
import { withRedis } from "../packages/store-redis/test/support/withRedis.ts"
import { ask } from "./inProcess.ts"
import { giving } from "./middlewares/index.ts"
import { hold } from "./peer.ts"
import { givingPromises, givingValues } from "./peers/index.ts"
import { harnessAlone } from "./peers/limits.ts"
import { redisReaders } from "./redis/index.ts"
import { listeners, measureWay, ways } from "./redis/changes.ts"
import { measureTrips } from "./redis/trips.ts"
import { contenders as commands, time } from "./start.ts"
import { nearby } from "./upstream.ts"
import { tokenFor } from "./work.ts"

const keys = ["merchant-a", "merchant-b", "merchant-c"]

/** Not in the order in which they were fetched, and one of them twice. */
const order = [2, 0, 1, 1]

/** The text of whatever a peer gives. */
const textOf = (given: unknown): string => {
  if (typeof given === "string") return given
  const holder = given as {
    readonly reveal?: () => string
    readonly token?: string
    readonly accessToken?: string
    readonly headers?: { get(name: string): string }
  }
  if (holder.reveal !== undefined) return holder.reveal()
  if (holder.headers !== undefined) return holder.headers.get("authorization").slice(7)
  return holder.token ?? holder.accessToken ?? ""
}

describe("every contender gives the token that was asked for", () => {
  const contenders = [...givingValues, ...givingPromises].filter((peer) => peer !== harnessAlone)

  it.each(contenders)("$name", async (peer) => {
    const { close, get } = await hold(peer, [...keys], nearby)
    for (const index of order) {
      const key = keys[index] ?? ""
      assert.strictEqual(textOf(await get(key, index)), tokenFor(key))
    }
    await close?.()
  })

  it.effect("in a fiber", () =>
    Effect.gen(function* () {
      for (const { get, name } of yield* contendersFor(keys)) {
        for (const index of order) {
          const key = keys[index] ?? ""
          const given = yield* get(key, index)
          const owner =
            given instanceof AccessToken ? given.organisation : textOf(given).split(".")[0]
          assert.strictEqual(owner, key, name)
        }
      }
    }).pipe(Effect.scoped, Effect.provide(fiberLayer))
  )
})

describe("every keeper tells a held token from one that is not", () => {
  it.each([bareMap, mintedByHand, onbehalf, fiberForEachKey])("$name", async (keeper) => {
    const kept = await keeper.open(keys)
    await kept.start(1)
    assert.deepStrictEqual(
      keys.map((_, index) => kept.ask(index)),
      [false, true, false]
    )
    await kept.close()
  })
})

describe("every keeper of files gives what was put", () => {
  it.each(fileKeepers)("$name", async (keeper) => {
    const folder = mkdtempSync(join(tmpdir(), "onbehalf-bench-"))
    const { close, fill, get, put } = await keeper.open(folder)
    await fill(keys.slice(0, 2))
    await put("merchant-c")
    for (const key of keys) assert.strictEqual(await get(key), tokenFor(key))
    await close?.()
    rmSync(folder, { recursive: true })
  })
})

await withRedis("every reader of a Redis", startRedis, ({ url }) => {
  it.each(redisReaders)("$name gives what was put", async (reader) => {
    const { close, get, put } = await reader.open(url)
    for (const key of keys) await put(key, tokenFor(key))
    for (const key of keys) assert.strictEqual(await get(key), tokenFor(key))
    await close()
  })

  it.each(ways)("$name tells every listener of every change", async (way) => {
    const { delays, time } = await measureWay(url, way, 5)
    assert.lengthOf(delays, 5 * listeners)
    assert.isAbove(time, 0)
  })

  it("invariant 4: a look is one round trip, and a fetch four at most", async () => {
    assert.deepStrictEqual(await measureTrips(url), { look: 1, fetch: 4 })
  })
})

describe("every middleware gives what belongs to the request's merchant", () => {
  it.each(giving)("$name", async (middleware) => {
    const opened = await middleware.open(keys)
    for (const index of order) {
      const key = keys[index] ?? ""
      assert.strictEqual(await ask(opened, opened.headersFor(key)), 200)
      assert.strictEqual(String(opened.taken()).split(".")[0], key)
    }
    await opened.close?.()
  })
})

describe("every command that is timed ends well", () => {
  it.each(commands("").filter(([name]) => !name.includes("from the store")))(
    "%s",
    async (...[, ...args]) => {
      assert.isAbove(await time(args, {}), 0)
    }
  )
})
