/**
 * Clients of the package `ioredis` (6), made elsewhere and closed there; with Sentinel and Cluster.
 *
 * Give them `enableOfflineQueue: false`, or commands wait for a connection instead of failing at once.
 *
 * @since 0.1.0
 */
import { tagOf } from "./internal/names.ts"
import type { Listener, PromiseClient } from "./RedisDriver.ts"

/**
 * What `new Redis` makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface IoRedisClient {
  readonly options?: object | undefined
  call(name: string, ...rest: Array<string>): Promise<unknown>
  duplicate(options: object): IoRedisSubscriber
}

/**
 * What `new Cluster` makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface IoRedisCluster {
  readonly options?: object | undefined
  call(name: string, ...rest: Array<string>): Promise<unknown>
  nodes(role: "master"): ReadonlyArray<IoRedisClient>
}

/**
 * A connection of our own, to listen on.
 *
 * @category models
 * @since 0.1.0
 */
export interface IoRedisSubscriber {
  connect(): Promise<unknown>
  subscribe(...channels: Array<string>): Promise<unknown>
  on(event: string, listener: (channel: string, message: string) => void): unknown
  disconnect(): void
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const single = (client: IoRedisClient): PromiseClient => ({
  send: ({ words }) => call(client, words),
  subscribe: (channels, listener) => listen(client, channels, listener)
})

/**
 * Finds the key in the command by itself. Listens on one server: a cluster tells every message to all of them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const cluster = (client: IoRedisCluster): PromiseClient => ({
  send: ({ words }) => call(client, words),
  subscribe: async (channels, listener) => {
    const [master] = client.nodes("master")
    if (master === undefined) throw new Error("no server of the cluster is known")
    return listen(master, channels, listener)
  },
  shards: () => client.nodes("master").map((shard) => (words) => call(shard, words)),
  wayOf: tagOf
})

const call = (
  client: Pick<IoRedisClient, "call">,
  [name = "", ...rest]: ReadonlyArray<string>
): Promise<unknown> => client.call(name, ...rest)

/** Never connects anew: what is lost is lost, and is said. */
const listen = async (
  client: IoRedisClient,
  channels: ReadonlyArray<string>,
  { onLost, onMessage, signal }: Listener
): Promise<() => void> => {
  const subscriber = client.duplicate({
    autoResubscribe: false,
    enableOfflineQueue: true,
    lazyConnect: true,
    retryStrategy: () => null,
    sentinelRetryStrategy: () => null
  })
  const stop = () => subscriber.disconnect()
  for (const event of ["error", "close", "end"]) subscriber.on(event, onLost)
  subscriber.on("message", onMessage)
  signal.addEventListener("abort", stop)
  try {
    await subscriber.connect()
    await subscriber.subscribe(...channels)
  } catch (error) {
    stop()
    throw error
  }
  return stop
}
