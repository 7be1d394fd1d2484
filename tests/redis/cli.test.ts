import { assert, describe, it } from "@effect/vitest"
import { startSimulator } from "@onbehalf/simulator"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { missing } from "../../packages/store-redis/test/support/installRedis.ts"
import { startRedis } from "../../packages/store-redis/test/support/redisServer.ts"
import { runNode } from "../support/process.ts"

describe("the command line with --store redis", () => {
  it.skipIf(missing !== undefined)(
    `finds what another machine's run has fetched${missing === undefined ? "" : `: ${missing}`}`,
    async () => {
      const redis = await startRedis()
      const simulator = await startSimulator()
      const homes = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), "onbehalf-home-"))))
      try {
        const key = (await runNode(["apps/cli/dist/onbehalf.js", "seal-key", "new"])).stdout.trim()
        const tokens: Array<string> = []
        for (const HOME of homes) {
          const ended = await runNode(
            [
              "apps/cli/dist/onbehalf.js",
              "token",
              "get",
              simulator.merchants[0]?.id ?? "",
              "--scope",
              "admin",
              "--store",
              "redis"
            ],
            {
              settings: {
                HOME,
                NUAPAY_API_KEY: simulator.apiKey,
                NUAPAY_BASE_URL: simulator.url,
                ONBEHALF_SEAL_KEY: key,
                REDIS_URL: redis.url
              }
            }
          )
          assert.strictEqual(ended.stderr, "")
          tokens.push(ended.stdout)
        }
        assert.strictEqual(tokens[0], tokens[1])
        assert.strictEqual(simulator.counters["requestTokenForOrganisation"], 1)
      } finally {
        await simulator.close()
        await redis.stop()
        await Promise.all(homes.map((home) => rm(home, { recursive: true })))
      }
    },
    60_000
  )
})
