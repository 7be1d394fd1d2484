import { storeSuite } from "@onbehalf/store-testkit"
import { afterAll, describe } from "vitest"
import { fromUrl } from "../src/index.ts"
import { backendOf, sealKey, tiered } from "./support/backend.ts"
import { startRedis } from "./support/redisServer.ts"

const server = await startRedis()
afterAll(server.stop)
const hands = {
  command: async (_: string | undefined, ...words: ReadonlyArray<string>) => [
    await server.command(...words)
  ]
}
const layer = fromUrl({ url: server.url, sealKey })
const cannot = { capacity: "how much is held is up to Redis's own maxmemory" }

describe("one server", () => {
  storeSuite("by its address", { ...backendOf(layer, hands), cannot })
  storeSuite("behind a near tier", { ...backendOf(tiered(layer), hands), cannot })
})
