/**
 * Clients of the package `redis` (node-redis 6), made elsewhere and closed there.
 *
 * Give them `disableOfflineQueue`, or commands wait for a connection instead of failing at once.
 *
 * @since 0.1.0
 */
import type { Buffer } from "node:buffer"
import { tagOf } from "./internal/names.ts"
import type { PromiseClient } from "./RedisDriver.ts"

/**
 * What `createClient` makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface NodeRedisClient {
  readonly options?: object | undefined
  sendCommand(words: Array<string>): Promise<unknown>
  duplicate(options: object): NodeRedisSubscriber
}

/**
 * What `createCluster` makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface NodeRedisCluster {
  readonly masters: ReadonlyArray<unknown>
  nodeClient(node: unknown): NodeRedisClient | Promise<NodeRedisClient>
  sendCommand(key: string | undefined, reads: boolean, words: Array<string>): Promise<unknown>
}

/**
 * What `createSentinel` makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface NodeRedisSentinel {
  getSentinelNode(): unknown
  sendCommand(reads: boolean, words: Array<string>): Promise<unknown>
  subscribe(channels: Array<string>, listener: Listener): Promise<unknown>
  unsubscribe(channels: Array<string>, listener: Listener): Promise<unknown>
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

type Listener = (message: string | Buffer, channel: string | Buffer) => void

/**
 * A connection of our own, to listen on.
 *
 * @category models
 * @since 0.1.0
 */
export interface NodeRedisSubscriber {
  connect(): Promise<unknown>
  subscribe(channels: Array<string>, listener: Listener): Promise<unknown>
  on(event: string, listener: () => void): unknown
  destroy(): void
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const single = (client: NodeRedisClient): PromiseClient => ({
  send: ({ words }) => client.sendCommand([...words]),
  subscribe: (channels, onMessage, onLost) => listen(client, channels, onMessage, onLost)
})

/**
 * Listens on one server: a cluster tells every message to all of them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const cluster = (client: NodeRedisCluster): PromiseClient => ({
  send: ({ key, reads, words }) => client.sendCommand(key, reads, [...words]),
  subscribe: async (channels, onMessage, onLost) => {
    const [master] = client.masters
    if (master === undefined) throw new Error("no server of the cluster is known")
    return listen(await client.nodeClient(master), channels, onMessage, onLost)
  },
  shards: () =>
    client.masters.map((node) => async (words) => {
      const shard = await client.nodeClient(node)
      return shard.sendCommand([...words])
    }),
  wayOf: tagOf
})

/**
 * Listens through the client itself, which follows the master, and says so: something may have been missed then.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sentinel = (client: NodeRedisSentinel): PromiseClient => ({
  send: ({ reads, words }) => client.sendCommand(reads, [...words]),
  subscribe: async (channels, onMessage, onLost) => {
    const listener: Listener = (message, channel) => onMessage(String(channel), String(message))
    for (const event of losses) client.on(event, onLost)
    await client.subscribe([...channels], listener)
    return () => {
      for (const event of losses) client.off(event, onLost)
      return client.unsubscribe([...channels], listener)
    }
  }
})

const losses = ["error", "topology-change", "reconnecting", "end"]

/** Never connects anew: what is lost is lost, and is said. */
const listen = async (
  client: NodeRedisClient,
  channels: ReadonlyArray<string>,
  onMessage: (channel: string, message: string) => void,
  onLost: () => void
): Promise<() => void> => {
  const subscriber = client.duplicate({ socket: { ...socketOf(client), reconnectStrategy: false } })
  for (const event of ["error", "end", "terminated"]) subscriber.on(event, onLost)
  try {
    await subscriber.connect()
    await subscriber.subscribe([...channels], (message, channel) =>
      onMessage(String(channel), String(message))
    )
  } catch (error) {
    subscriber.destroy()
    throw error
  }
  return () => subscriber.destroy()
}

const socketOf = ({ options }: NodeRedisClient): object =>
  options !== undefined && "socket" in options ? Object(options.socket) : {}
