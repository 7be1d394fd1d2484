/** A master, a replica, and a sentinel that makes the replica master when the master is gone. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { createClient } from "redis"
import { freePort, running, type RedisServer, startRedisWith } from "./redisServer.ts"

export interface RedisSentinel {
  readonly port: number
  /** Of the group of servers. */
  readonly name: string
  readonly servers: ReadonlyArray<RedisServer>
  readonly master: () => Promise<RedisServer>
  /** Kills the master, and waits until another has taken its place. */
  readonly failOver: () => Promise<void>
  readonly stop: () => Promise<void>
}

const name = "tokens"

export const startSentinel = async (): Promise<RedisSentinel> => {
  const settings = { "repl-diskless-sync-delay": "0" }
  const first = await startRedisWith(settings)
  const second = await startRedisWith({ ...settings, replicaof: `127.0.0.1 ${first.port}` })
  const servers = [first, second]
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), "onbehalf-sentinel-"))
  const file = join(folder, "sentinel.conf")
  await writeFile(
    file,
    [
      `port ${port}`,
      `dir ${folder}`,
      `sentinel monitor ${name} 127.0.0.1 ${first.port} 1`,
      `sentinel down-after-milliseconds ${name} 300`,
      `sentinel failover-timeout ${name} 500`
    ].join("\n")
  )
  const child = spawn("redis-server", [file, "--sentinel"], { stdio: "ignore" })
  running.add(child)
  const admin = createClient({
    url: `redis://127.0.0.1:${port}`,
    socket: { reconnectStrategy: () => 5 }
  })
  admin.on("error", () => undefined)
  await admin.connect()
  const ask = (...words: ReadonlyArray<string>) => admin.sendCommand(["SENTINEL", ...words, name])

  const master = async (): Promise<RedisServer> => {
    const [, port] = (await ask("GET-MASTER-ADDR-BY-NAME")) as unknown as ReadonlyArray<string>
    return servers.find((server) => `${server.port}` === port) ?? first
  }
  const isReplicated = async (): Promise<boolean> =>
    String(await (await master()).command("INFO", "replication")).includes("state=online")

  while (((await ask("REPLICAS")) as unknown as ReadonlyArray<unknown>).length === 0)
    await sleep(20)
  while (!(await isReplicated())) await sleep(20)
  return {
    port,
    name,
    servers,
    master,
    failOver: async () => {
      const before = await master()
      await before.kill()
      while ((await master()) === before) await sleep(20)
    },
    stop: async () => {
      admin.destroy()
      const ended = once(child, "exit")
      child.kill("SIGKILL")
      await ended
      await Promise.all(servers.map(({ stop }) => stop()))
      await rm(folder, { recursive: true, force: true })
    }
  }
}
