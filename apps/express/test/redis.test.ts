/** F19, F20: a real Redis that dies, hangs and comes back while merchants are served. */
import { assert, beforeEach, describe, it } from "@effect/vitest"
import { tieredStore } from "@onbehalf/core"
import { errorHandler, onBehalf, type OnBehalfOptions } from "@onbehalf/express"
import { memoryStore } from "@onbehalf/store-memory"
import { redisStore } from "@onbehalf/store-redis"
import { setTimeout } from "node:timers/promises"
import { sealKey } from "../../../packages/store-redis/test/support/backend.ts"
import {
  type RedisServer,
  startRedis
} from "../../../packages/store-redis/test/support/redisServer.ts"
import { withRedis } from "../../../packages/store-redis/test/support/withRedis.ts"
import { type Answer, expresses, makeWorld, type Served } from "./support/world.ts"

const world = makeWorld()

/** Asks until the answer is the one; Redis and what connects to it have clocks of their own. */
const eventually = async (
  ask: () => Promise<Answer>,
  isIt: (answer: Answer) => boolean
): Promise<Answer> => {
  const end = AbortSignal.timeout(15_000)
  for (;;) {
    const answer = await ask()
    if (isIt(answer)) return answer
    if (end.aborted) throw new Error(`still ${answer.status} ${answer.text}`)
    await setTimeout(20)
  }
}

const health = ({ get }: Served, status: string): Promise<Answer> =>
  eventually(
    () => get("/health"),
    ({ json }) => json.status === status
  )

/** Requests of merchants that are known and of ones that are not, one after the other, until it is stopped; none of the last. */
const traffic = ({ get }: Served, known: number) => {
  const wrong: Array<string> = []
  let served = 0
  let isOver = false
  const ask = async (merchant: string): Promise<void> => {
    const { json, status, text } = await get("/token", merchant)
    if (status !== 200 || json.organisation !== merchant) wrong.push(`${status} ${text}`)
    served++
  }
  const running = (async () => {
    for (let turn = 0; !isOver; turn++) {
      await ask(world.merchant(turn % known))
      await ask(world.merchant(known + (turn % (world.merchants().length - known - 1))))
    }
  })()
  return {
    /** Once so many more have been served. */
    more: async (count: number): Promise<void> => {
      const goal = served + count
      while (served < goal) await setTimeout(5)
    },
    end: async (): Promise<ReadonlyArray<string>> => {
      isOver = true
      await running
      return wrong
    }
  }
}

interface Fault {
  readonly strike: (redis: RedisServer) => unknown
  readonly heal: (redis: RedisServer) => unknown
}

const faults: ReadonlyArray<readonly [name: string, fault: Fault]> = [
  ["is killed and started anew", { strike: ({ kill }) => kill(), heal: ({ start }) => start() }],
  [
    "hangs with its sockets open",
    { strike: ({ signal }) => signal("SIGSTOP"), heal: ({ signal }) => signal("SIGCONT") }
  ]
]

await withRedis("with a real Redis", startRedis, (redis) => {
  beforeEach(() => redis.command("FLUSHALL"))

  describe.each(expresses)("invariant 10, %s", (_version, create) => {
    const start = (options: Partial<OnBehalfOptions> = {}): Promise<Served> => {
      const far = redisStore({ url: redis.url, sealKey })
      const store = tieredStore({ near: memoryStore(), far })
      const nuapay = onBehalf(world.options({ store, ...options }))
      const app = create()
      app.set("env", "test")
      app.get("/health", nuapay.health)
      app.get("/token", nuapay, (request, response, next) => {
        request.onBehalf
          .token()
          .then(({ id, organisation }) => response.json({ id, organisation }))
          .catch(next)
      })
      app.use(errorHandler)
      return world.serve(app, nuapay)
    }
    /** Two of them find what the other keeps in Redis. */
    const share = async (one: Served, other: Served): Promise<void> => {
      await Promise.all([health(one, "up"), health(other, "up")])
      const fetched = world.tokensFetched()
      const merchant = world.merchants().at(-1)
      const [first, second] = [
        await one.get("/token", merchant),
        await other.get("/token", merchant)
      ]
      assert.strictEqual(first.json.organisation, merchant)
      assert.strictEqual(first.json.id, second.json.id)
      assert.strictEqual(world.tokensFetched(), fetched + 1)
    }

    it.each(faults)(
      "Redis %s: tokens keep flowing, health says so, and nobody restarts anything",
      async (_name, { heal, strike }) => {
        const served = await start()
        const other = await start()
        await health(served, "up")
        const { end, more } = traffic(served, 5)
        await more(20)
        await strike(redis)
        await more(40)
        const degraded = await health(served, "degraded")
        assert.deepStrictEqual(
          [degraded.status, degraded.json],
          [200, { status: "degraded", apiKey: "accepted", store: "fails" }]
        )
        await more(10)
        await heal(redis)
        const { status } = await health(served, "up")
        assert.strictEqual(status, 200)
        await more(10)
        assert.deepStrictEqual(await end(), [])
        await share(served, other)
      },
      60_000
    )

    it("policy fail: 503 with a problem and down while Redis is away, and again as before", async () => {
      const served = await start({ storePolicy: "fail" })
      const other = await start({ storePolicy: "fail" })
      await health(served, "up")
      await redis.kill()
      const refused = await served.get("/token", world.merchant())
      assert.deepStrictEqual(
        [refused.status, refused.json.code, refused.headers.get("retry-after")],
        [503, "store_unavailable", "1"]
      )
      assert.strictEqual(world.tokensFetched(), 0)
      assert.strictEqual((await health(served, "down")).status, 503)
      await redis.start()
      await share(served, other)
    }, 60_000)
  })
})
