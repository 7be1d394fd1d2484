import { storeSuite } from "@onbehalf/store-testkit"
import { fromUrl } from "../src/index.ts"
import { backendOf, cannot, patient, tiered } from "./support/backend.ts"
import { startRedis } from "./support/redisServer.ts"
import { withRedis } from "./support/withRedis.ts"

await withRedis("one server", startRedis, (server) => {
  const layer = fromUrl({ ...patient, url: server.url })
  const command = async (_key: string | undefined, ...words: ReadonlyArray<string>) => [
    await server.command(...words)
  ]
  storeSuite("by its address", { ...backendOf(layer, command), cannot })
  storeSuite("behind a near tier", { ...backendOf(tiered(layer), command), cannot })
})
