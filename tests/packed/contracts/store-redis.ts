/** What users of @onbehalf/store-redis write: see `names.ts`. */
import type * as StoreRedisIndex from "@onbehalf/store-redis"
import type * as EffectRedis from "@onbehalf/store-redis/EffectRedis"
import type { Contract, Has } from "./names.ts"

export type OfStoreRedisIndex = Contract<
  [
    Has<typeof StoreRedisIndex, "fromClient" | "fromDriver" | "fromUrl" | "make" | "redisStore">,
    Has<StoreRedisIndex.PromiseClient, "drop?" | "send" | "shards?" | "subscribe" | "wayOf?">,
    Has<StoreRedisIndex.Listener, "onLost" | "onMessage" | "signal">,
    Has<StoreRedisIndex.RedisDriver, "drop" | "missesMessages" | "send" | "shards" | "subscribe">,
    Has<StoreRedisIndex.RedisCommand, "key" | "reads" | "words">,
    Has<
      StoreRedisIndex.RedisClient,
      | "call"
      | "drop?"
      | "duplicate"
      | "getSentinelNode"
      | "isReady"
      | "masters"
      | "nodeClient"
      | "nodes"
      | "off"
      | "on"
      | "options?"
      | "send"
      | "sendCommand"
      | "shards?"
      | "subscribe"
      | "unsubscribe"
      | "wayOf?"
    >,
    Has<StoreRedisIndex.RedisServer, "tls?" | "unencrypted?" | "url">,
    Has<
      StoreRedisIndex.RedisStoreOptions,
      "oldSealKeys?" | "plaintext?" | "prefix?" | "sealKey?" | "timeout?"
    >,
    Has<StoreRedisIndex.TlsOptions, "ca?" | "cert?" | "key?" | "servername?">
  ]
>

export type OfEffectRedis = Contract<[Has<typeof EffectRedis, "driver">]>
