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
  if ("nodes" in client) return ofIoRedis(client, IoRedis.cluster)
  if ("call" in client) return ofIoRedis(client, IoRedis.single)
  if ("nodeClient" in client) return Effect.succeed(NodeRedis.cluster(client))
  if ("getSentinelNode" in client) return Effect.succeed(NodeRedis.sentinel(client))
  // A pool has no connection of its own to listen on.
  if ("sendCommand" in client && "duplicate" in client) {
    return Effect.succeed(NodeRedis.single(client))
  }
  return Effect.fail(unknownClient)
}

type WithOptions = Pick<IoRedis.IoRedisClient, "options">

const ofIoRedis = <A extends WithOptions>(
  client: A,
  make: (client: A) => PromiseClient
): Effect.Effect<PromiseClient, TokenError> => {
  const unfit = unfitOption(client)
  return unfit === undefined
    ? Effect.succeed(make(client))
    : Effect.fail(invalid(`must be made without ${unfit}`))
}

/** With a prefix it does not find what scripts have named, and with texts for numbers it knows no answer. */
const unfitOption = ({ options = {} }: WithOptions): string | undefined => {
  const ofServers: unknown = Reflect.get(options, "redisOptions")
  const all: object = { ...Object(ofServers), ...options }
  return ["keyPrefix", "stringNumbers"].find((name) => Boolean(Reflect.get(all, name)))
}

const invalid = (problem: string): TokenError =>
  new TokenError({ reason: new InvalidConfiguration({ setting: "client", problem }) })

const unknownClient = invalid(
  "must be a client of the package redis or ioredis, and no pool of them, or have send and subscribe"
)
