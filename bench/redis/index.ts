import { nodeRedisJson, nodeRedisScript, rawGet } from "./byHand.ts"
import { asyncCacheDedupeRedis, bentoRedis, keyv } from "./libraries.ts"
import { onbehalfPlain, onbehalfSealed } from "./onbehalf.ts"
import { persistence } from "./persistence.ts"
import type { RedisReader } from "./reader.ts"

/** The limits first. */
export const redisReaders: ReadonlyArray<RedisReader> = [
  rawGet,
  nodeRedisJson,
  nodeRedisScript,
  onbehalfSealed,
  onbehalfPlain,
  keyv,
  asyncCacheDedupeRedis,
  bentoRedis,
  persistence
]
