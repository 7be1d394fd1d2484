/** A way to a server on which answers are held up, or come as somebody else wants them. */
import { createServer, connect, type AddressInfo, type Socket } from "node:net"

export interface Proxy {
  readonly url: string
  readonly port: number
  /** Connections that stand now are dead, and nobody is told. New ones work. */
  readonly forsake: () => void
  readonly stop: () => Promise<void>
}

/** What becomes of each answer that a server gives on one connection: what goes on to the client, in its place. */
export type Tamper = (answer: Buffer) => ReadonlyArray<Buffer>

/** @param tamper made anew for each connection */
export const startProxy = async (
  port: number,
  tamper: () => Tamper = () => (answer) => [answer]
): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  let forsaken = 0
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1")
    const answers = splitter(tamper())
    const since = forsaken
    const isDead = () => since !== forsaken
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client]
    ] as const) {
      sockets.add(socket)
      socket.on("error", () => other.destroy())
      socket.on("close", () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.on("data", (data) => isDead() || upstream.write(data))
    upstream.on("data", (data) => {
      for (const answer of answers(data)) if (!isDead()) client.write(answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const own = (server.address() as AddressInfo).port
  return {
    url: `redis://127.0.0.1:${own}`,
    port: own,
    forsake: () => {
      forsaken++
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

/** Cuts a stream into whole answers. */
const splitter = (tamper: Tamper) => {
  let rest = Buffer.alloc(0)
  return (data: Buffer): ReadonlyArray<Buffer> => {
    rest = Buffer.concat([rest, data])
    const out: Array<Buffer> = []
    for (let end = endOf(rest, 0); end !== undefined; end = endOf(rest, 0)) {
      out.push(...tamper(rest.subarray(0, end)))
      rest = rest.subarray(end)
    }
    return out
  }
}

const aggregates: Readonly<Record<string, number>> = { "*": 1, "~": 1, ">": 1, "%": 2 }

/** Where the answer that begins here ends; `undefined`: not all of it has come. */
const endOf = (buffer: Buffer, at: number): number | undefined => {
  const line = buffer.indexOf("\r\n", at)
  if (line === -1) return undefined
  const kind = String.fromCharCode(buffer[at] ?? 0)
  const count = Number(buffer.subarray(at + 1, line).toString())
  let end: number | undefined = line + 2
  if ("$=!".includes(kind)) {
    end += Math.max(0, count) + (count < 0 ? 0 : 2)
    return end <= buffer.length ? end : undefined
  }
  for (let left = count * (aggregates[kind] ?? 0); left > 0; left--) {
    end = end === undefined ? undefined : endOf(buffer, end)
  }
  return end
}
