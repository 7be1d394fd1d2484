/** Real Redis servers on loopback, in folders of their own, gone when the tests are. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { once } from "node:events"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createClient } from "redis"

export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Where it saves. */
  readonly folder: string
  /** Sends a command over a connection that is for tests alone. */
  readonly command: (...words: ReadonlyArray<string>) => Promise<unknown>
  readonly signal: (signal: NodeJS.Signals) => void
  /** Killed, and gone with all it held. */
  readonly kill: () => Promise<void>
  /** On the same port, empty. */
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** They do not outlive the tests, however those end. */
export const running = new Set<ChildProcess>()
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL")
})

/** Ports that are free now. A cluster also needs the port that is 10 000 higher. */
export const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port < 55_000 ? port : freePort()
}

export const startRedis = (): Promise<RedisServer> => startRedisWith({})

export const startRedisWith = async (
  settings: Readonly<Record<string, string>>
): Promise<RedisServer> => {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), "onbehalf-redis-"))
  const admin = createClient({
    url: `redis://127.0.0.1:${port}`,
    socket: { reconnectStrategy: () => 5 }
  })
  admin.on("error", () => undefined)
  let child: ChildProcess | undefined

  const start = async () => {
    child = spawn(
      "redis-server",
      argumentsOf({ ...basics, ...settings, port: `${port}`, dir: folder }),
      {
        stdio: "ignore"
      }
    )
    running.add(child)
    if (!admin.isOpen) await admin.connect()
    await admin.ping()
  }
  const kill = async () => {
    if (child === undefined) return
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    running.delete(child)
    child = undefined
    await ended
  }
  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    folder,
    command: (...words) => admin.sendCommand([...words]),
    signal: (signal) => child?.kill(signal),
    kill,
    start,
    stop: async () => {
      admin.destroy()
      await kill()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

const basics = {
  bind: "127.0.0.1",
  save: "",
  appendonly: "no",
  "enable-debug-command": "yes",
  loglevel: "warning"
}

const argumentsOf = (settings: Readonly<Record<string, string>>): ReadonlyArray<string> =>
  Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
