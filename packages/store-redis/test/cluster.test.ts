import { storeSuite } from "@onbehalf/store-testkit"
import { fromUrl } from "../src/index.ts"
import { backendOf, cannot, patient, tiered } from "./support/backend.ts"
import { startCluster } from "./support/redisCluster.ts"
import { withRedis } from "./support/withRedis.ts"

await withRedis("a cluster of three masters", startCluster, (cluster) => {
  const layer = fromUrl({ ...patient, url: cluster.urls })
  storeSuite("by their addresses", { ...backendOf(layer, cluster.command), cannot })
  storeSuite("behind a near tier", { ...backendOf(tiered(layer), cluster.command), cannot })
})
