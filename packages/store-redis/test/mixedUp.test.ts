import { assert, it } from "@effect/vitest"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { testToken } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import { seeded } from "../../core/test/support/random.ts"
import { fromUrl, type RedisStoreOptions } from "../src/index.ts"
import { sealKey } from "./support/backend.ts"
import { startProxy, type Tamper } from "./support/proxy.ts"
import { type RedisServer, startRedis } from "./support/redisServer.ts"
import { idIn, keep, newKey, now, type Store, using } from "./support/using.ts"
import { withRedis } from "./support/withRedis.ts"

/** How answers are mixed up: dropped, doubled, late by some others, or changed for the one before. */
const mixing = (below: (limit: number) => number): (() => Tamper) => {
  let after = 100
  return () => {
    let late: Buffer | undefined
    return (answer) => {
      // The greeting of each connection comes through, and then most of what follows.
      if (after-- > 0) return [answer]
      after = 5 + below(20)
      const held = late
      late = undefined
      switch (below(4)) {
        case 0:
          return held === undefined ? [] : [held]
        case 1:
          return [answer, answer]
        case 2:
          late = answer
          return held === undefined ? [] : [held]
        default:
          return held === undefined ? [answer] : [answer, held]
      }
    }
  }
}

/** One of what a broker does, given up now and then; what it was told must be true. */
const step = Effect.fnUntraced(function* (
  store: Store,
  truth: Truth,
  below: (limit: number) => number
) {
  const key = truth.keys[below(truth.keys.length)] ?? newKey()
  const operation = Effect.gen(function* () {
    const { generation, held } = yield* store.get(key)
    if (held !== undefined) truth.read(key, held.token.id)
    if (below(3) > 0) return
    const id = `${key.organisation}-${++truth.count}`
    const outcome = yield* store.put(testToken(key, id, { issued: yield* now }), generation)
    if (outcome === "stored") truth.stored++
  })
  const given = below(4) > 0 ? operation : Effect.timeoutOption(operation, below(3))
  // Without a connection everything fails at once: it takes a moment to make another.
  yield* Effect.catch(given, () => Effect.sleep(20))
})

interface Truth {
  readonly keys: ReadonlyArray<TokenKey>
  readonly read: (key: TokenKey, id: string) => void
  count: number
  stored: number
}

const run = (server: RedisServer, options: RedisStoreOptions, seed: number) =>
  Effect.gen(function* () {
    const below = seeded(seed)
    let right = 0
    const wrong: Array<string> = []
    const truth: Truth = {
      keys: Array.from({ length: 20 }, newKey),
      count: 0,
      stored: 0,
      read: (key, id) => {
        if (id.startsWith(`${key.organisation}-`)) right++
        else wrong.push(`${key.organisation} got ${id}`)
      }
    }
    const proxy = yield* Effect.acquireRelease(
      Effect.promise(() => startProxy(server.port, mixing(below))),
      ({ stop }) => Effect.promise(stop)
    )
    const store = using(fromUrl({ ...options, url: proxy.url }), (store) =>
      Effect.forEach(
        Array.from({ length: 10 }),
        () => Effect.repeat(step(store, truth, below), { times: 100 }),
        { concurrency: "unbounded" }
      )
    )
    yield* Effect.all(
      Array.from({ length: 10 }, () => store),
      { concurrency: "unbounded" }
    )
    return { right, wrong, stored: truth.stored }
  }).pipe(Effect.scoped)

await withRedis("answers that are mixed up on the way", startRedis, (server) => {
  it.live.each([
    ["sealed", { sealKey }],
    ["readable", { plaintext: true }]
  ] as const)("T2, F28: nobody is given another's token, %s", ([, options]) =>
    Effect.gen(function* () {
      const { right, stored, wrong } = yield* run(server, options, 1)
      assert.deepStrictEqual(wrong, [])
      assert.isAbove(right, 200)
      assert.isAbove(stored, 50)
    })
  )

  it.live("T2: an answer to another question is noticed, whatever it says", () =>
    Effect.gen(function* () {
      let answers = 0
      let last: Buffer = Buffer.alloc(0)
      // From then on each gets the answer of the one before, as long as the connection stays.
      const shifted = (): Tamper => (answer) => {
        const before = last
        last = answer
        return [++answers > 40 && answers < 60 ? before : answer]
      }
      const proxy = yield* Effect.acquireRelease(
        Effect.promise(() => startProxy(server.port, shifted)),
        ({ stop }) => Effect.promise(stop)
      )
      const key = newKey()
      const problems = yield* using(fromUrl({ url: proxy.url, sealKey }), (store) =>
        Effect.gen(function* () {
          yield* keep(store, key, "t1")
          return yield* Effect.forEach(Array.from({ length: 60 }), () =>
            Effect.match(idIn(store, key), {
              onSuccess: (id) => id ?? "none",
              onFailure: ({ problem }) => problem
            })
          )
        })
      )
      assert.include(problems, "t1")
      assert.isTrue(problems.some((problem) => problem.startsWith("MIXED")))
      assert.notInclude(problems, "none")
    }).pipe(Effect.scoped)
  )
})
