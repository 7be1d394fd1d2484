/** A cluster of three masters. */
import { setTimeout as sleep } from "node:timers/promises"
import { type RedisServer, startRedisWith } from "./redisServer.ts"

export interface RedisCluster {
  readonly servers: ReadonlyArray<RedisServer>
  readonly urls: readonly [string, ...ReadonlyArray<string>]
  /** To the server that holds a key, or to all. */
  readonly command: (
    key: string | undefined,
    ...words: ReadonlyArray<string>
  ) => Promise<ReadonlyArray<unknown>>
  readonly ownerOf: (key: string) => Promise<RedisServer>
  readonly stop: () => Promise<void>
}

const slots = 16_384

export const startCluster = (): Promise<RedisCluster> =>
  startClusterOf(() => startRedisWith(settings))

/** What makes a server one of a cluster. */
export const settings = { "cluster-enabled": "yes", "cluster-node-timeout": "2000" }

export const startClusterOf = async (start: () => Promise<RedisServer>): Promise<RedisCluster> => {
  const servers = await Promise.all([start(), start(), start()])
  const [first, ...others] = servers
  if (first === undefined) throw new Error("no server")
  const share = Math.ceil(slots / servers.length)
  for (const [index, server] of servers.entries()) {
    const last = Math.min(slots, (index + 1) * share) - 1
    await server.command("CLUSTER", "ADDSLOTSRANGE", `${index * share}`, `${last}`)
    await server.command("CLUSTER", "SET-CONFIG-EPOCH", `${index + 1}`)
  }
  for (const { url } of others) {
    await first.command("CLUSTER", "MEET", "127.0.0.1", new URL(url).port)
  }
  while (!(await Promise.all(servers.map(isOk))).every(Boolean)) await sleep(20)

  const ownerOf = async (key: string): Promise<RedisServer> => {
    const slot = Number(await first.command("CLUSTER", "KEYSLOT", key))
    const ranges = (await first.command("CLUSTER", "SLOTS")) as ReadonlyArray<
      readonly [number, number, readonly [string, number]]
    >
    const port = ranges.find(([from, to]) => from <= slot && slot <= to)?.[2][1]
    return servers.find((server) => server.port === port) ?? first
  }
  return {
    servers,
    urls: [first.url, ...others.map(({ url }) => url)],
    ownerOf,
    command: async (key, ...words) => {
      const asked = key === undefined ? servers : [await ownerOf(key)]
      return Promise.all(asked.map((server) => server.command(...words)))
    },
    stop: async () => {
      await Promise.all(servers.map(({ stop }) => stop()))
    }
  }
}

const isOk = async (server: RedisServer): Promise<boolean> => {
  const info = String(await server.command("CLUSTER", "INFO"))
  return info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:3")
}
