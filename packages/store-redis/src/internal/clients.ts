import { InvalidConfiguration, TokenError } from "@onbehalf/core/TokenError"
import * as Effect from "effect/Effect"
import * as IoRedis from "../IoRedis.ts"
import * as NodeRedis from "../NodeRedis.ts"
import type { PromiseClient } from "../RedisDriver.ts"

/** Any client that the store can stand on. */
export type RedisClient =
  | NodeRedis.NodeRedisClient
  | NodeRedis.NodeRedisCluster
  | NodeRedis.NodeRedisSentinel
  | IoRedis.IoRedisClient
  | IoRedis.IoRedisCluster
  | PromiseClient

/** Tells clients apart by what only they have. */
export const promiseClientOf = (client: RedisClient): Effect.Effect<PromiseClient, TokenError> => {
  if ("send" in client) return Effect.succeed(client)
  if ("nodes" in client) return Effect.succeed(IoRedis.cluster(client))
  if ("call" in client) return Effect.succeed(IoRedis.single(client))
  if ("nodeClient" in client) return Effect.succeed(NodeRedis.cluster(client))
  if ("getSentinelNode" in client) return Effect.succeed(NodeRedis.sentinel(client))
  if ("sendCommand" in client) return Effect.succeed(NodeRedis.single(client))
  return Effect.fail(unknownClient)
}

const unknownClient = new TokenError({
  reason: new InvalidConfiguration({
    setting: "client",
    problem: "must be a client of the package redis or ioredis, or have send and subscribe"
  })
})
