/**
 * Clients of the package `redis` (node-redis 6), made elsewhere and closed there.
 *
 * Give them `disableOfflineQueue`, or commands wait for a connection instead of failing at once.
 *
 * @since 0.1.0
 */
import { tagOf } from "./internal/names.ts"
import type { Listener, PromiseClient } from "./RedisDriver.ts"

/**
 * What `createClient` makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface NodeRedisClient {
  readonly options?: object | undefined
  sendCommand(words: Array<string>, options?: object): Promise<unknown>
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
  sendCommand(
    key: string | undefined,
    reads: boolean,
    words: Array<string>,
    options?: object
  ): Promise<unknown>
}

/**
 * What `createSentinel` makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface NodeRedisSentinel {
  readonly isReady: boolean
  getSentinelNode(): unknown
  sendCommand(reads: boolean, words: Array<string>, options?: object): Promise<unknown>
  subscribe(channels: Array<string>, listener: MessageListener): Promise<unknown>
  unsubscribe(channels: Array<string>, listener: MessageListener): Promise<unknown>
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/** What is no text is a Buffer, whose text is UTF-8. It is not named here: its types are a package that not everybody has. */
type MessageListener = (message: string | Uint8Array, channel: string | Uint8Array) => void

/**
 * A connection of our own, to listen on.
 *
 * @category models
 * @since 0.1.0
 */
export interface NodeRedisSubscriber {
  connect(): Promise<unknown>
  subscribe(channels: Array<string>, listener: MessageListener): Promise<unknown>
  on(event: string, listener: () => void): unknown
  destroy(): void
}

/** Texts and numbers as they are, whatever the client was told to make of them. */
const plainly = { typeMapping: undefined }

/**
 * @category constructors
 * @since 0.1.0
 */
export const single = (client: NodeRedisClient): PromiseClient => ({
  send: ({ words }) => client.sendCommand(words, plainly),
  subscribe: (channels, listener) => listen(client, channels, listener)
})

/**
 * Listens on one server: a cluster tells every message to all of them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const cluster = (client: NodeRedisCluster): PromiseClient => ({
  send: ({ key, reads, words }) => client.sendCommand(key, reads, words, plainly),
  subscribe: async (channels, listener) => {
    const [master] = client.masters
    if (master === undefined) throw new Error("no server of the cluster is known")
    return listen(await client.nodeClient(master), channels, listener)
  },
  shards: () =>
    client.masters.map((node) => async (words) => {
      const shard = await client.nodeClient(node)
      return shard.sendCommand(words, plainly)
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
  send: ({ reads, words }) => client.sendCommand(reads, words, plainly),
  subscribe: async (channels, { onLost, onMessage, signal }) => {
    // It would wait for a master, for as long as there is none.
    if (!client.isReady) throw new Error("no master is known")
    const listener: MessageListener = (message, channel) =>
      onMessage(String(channel), String(message))
    const deafen = () => {
      for (const event of losses) client.off(event, onLost)
    }
    for (const event of losses) client.on(event, onLost)
    signal.addEventListener("abort", deafen)
    await client.subscribe([...channels], listener).catch((error: unknown) => {
      deafen()
      throw error
    })
    return () => {
      deafen()
      return client.unsubscribe([...channels], listener)
    }
  }
})

const losses = ["error", "topology-change", "reconnecting", "end"]

/** Never connects anew: what is lost is lost, and is said. */
const listen = async (
  client: NodeRedisClient,
  channels: ReadonlyArray<string>,
  { onLost, onMessage, signal }: Listener
): Promise<() => void> => {
  const subscriber = client.duplicate({ socket: { ...socketOf(client), reconnectStrategy: false } })
  const stop = () => subscriber.destroy()
  for (const event of ["error", "end", "terminated"]) subscriber.on(event, onLost)
  signal.addEventListener("abort", stop)
  try {
    await subscriber.connect()
    await subscriber.subscribe([...channels], (message, channel) =>
      onMessage(String(channel), String(message))
    )
  } catch (error) {
    stop()
    throw error
  }
  return stop
}

const socketOf = ({ options }: NodeRedisClient): object =>
  options !== undefined && "socket" in options ? Object(options.socket) : {}
