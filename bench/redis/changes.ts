/** How a process learns that another has changed something: by a message, or because Redis knows who has read what. */
import { connect, type Socket } from "node:net"
import { createClient } from "redis"

export interface Way {
  readonly name: string
  /** What a listener says first. */
  readonly greeting: string
  /** The last word of Redis's answer to that. */
  readonly welcome: string
  /** What comes when a key has changed. */
  readonly news: string
  /** Whether who changes something must say so. */
  readonly isPublished: boolean
  /** Whether who has not read a key is told that it changed. */
  readonly tellsAll: boolean
}

export const ways: ReadonlyArray<Way> = [
  {
    name: "pub/sub",
    greeting: "SUBSCRIBE changes",
    welcome: ":1",
    news: "message",
    isPublished: true,
    tellsAll: true
  },
  {
    name: "CLIENT TRACKING",
    greeting: "CLIENT TRACKING ON",
    welcome: "+OK",
    news: "invalidate",
    isPublished: false,
    tellsAll: false
  },
  {
    name: "CLIENT TRACKING, BCAST",
    greeting: "CLIENT TRACKING ON BCAST PREFIX changes:",
    welcome: "+OK",
    news: "invalidate",
    isPublished: false,
    tellsAll: true
  }
]

export interface Heard {
  /** Milliseconds from before a change was sent until each listener heard of it. */
  readonly delays: ReadonlyArray<number>
  /** Microseconds of Redis's time for a change, all of it. */
  readonly time: number
}

/** Processes that hold the same tokens. */
export const listeners = 4

const value = `${"x".repeat(1_000)}end`

const script = (isPublished: boolean): string =>
  `redis.call('SET', KEYS[1], ARGV[1]) ${isPublished ? "redis.call('PUBLISH', 'changes', KEYS[1])" : ""}`

/** Ends with the word, in whatever comes. */
const comes = (socket: Socket, word: string): Promise<number> =>
  new Promise((resolve) => {
    let seen = ""
    const look = (data: Buffer) => {
      seen += data.toString("latin1")
      if (!seen.includes(word)) return
      socket.off("data", look)
      resolve(performance.now())
    }
    socket.on("data", look)
  })

const ask = (socket: Socket, command: string, word: string): Promise<number> => {
  const answered = comes(socket, word)
  socket.write(`${command}\r\n`)
  return answered
}

const open = async (port: number, { greeting, welcome }: Way): Promise<Socket> => {
  const socket = connect(port, "127.0.0.1").setNoDelay()
  await ask(socket, "HELLO 3", "modules")
  await ask(socket, greeting, welcome)
  return socket
}

/** One change after the other. Every listener has read the key before, as one that holds its token has. */
export const measureWay = async (url: string, way: Way, changes: number): Promise<Heard> => {
  const client = createClient({ url })
  await client.connect()
  const ears = await Promise.all(
    Array.from({ length: listeners }, () => open(Number(new URL(url).port), way))
  )
  const used = async (): Promise<number> => {
    const info = await client.info("cpu")
    const of = (name: string) => Number(new RegExp(`used_cpu_${name}:([\\d.]+)`).exec(info)?.[1])
    return (of("user") + of("sys")) * 1e6
  }
  const text = script(way.isPublished)
  const delays: Array<number> = []
  const before = await used()
  for (let index = 0; index < changes; index++) {
    const key = `changes:${index % 100}`
    await client.set(key, value)
    await Promise.all(ears.map((ear) => ask(ear, `GET ${key}`, "end")))
    const began = performance.now()
    const heard = ears.map((ear) => comes(ear, way.news))
    await client.eval(text, { keys: [key], arguments: [value] })
    for (const at of await Promise.all(heard)) delays.push(at - began)
  }
  const time = ((await used()) - before) / changes
  for (const ear of ears) ear.destroy()
  client.destroy()
  return { delays, time }
}
