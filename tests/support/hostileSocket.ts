/** A raw server on loopback: it says what it is told, byte for byte, and keeps what it was sent. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { EventEmitter, once } from "node:events"
import { type AddressInfo, createServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer, type TlsOptions } from "node:tls"

/** A request as it stood on the wire; bytes as latin1, so that none is changed. */
export interface Arrived {
  /** From 1. */
  readonly connection: number
  /** The request line, such as `GET /mandates HTTP/1.1`. */
  readonly line: string
  readonly headers: ReadonlyArray<string>
  readonly body: string
}

export interface HostileSocket {
  readonly url: string
  readonly port: number
  readonly seen: Array<Arrived>
  /** Every connection there was, of which a TLS server counts those whose handshake was completed. */
  readonly sockets: Array<Socket>
  /** Everything that came in, in requests or not. */
  readonly received: () => string
  /** Until so many requests have arrived. */
  readonly arrived: (count: number) => Effect.Effect<void>
  /** Until so many connections are open or were. */
  readonly connected: (count: number) => Effect.Effect<void>
  /** Until that connection, from 1, is closed. */
  readonly closed: (connection: number) => Effect.Effect<void>
}

/** What is done with a request; `count` from 1. */
export type Handle = (socket: Socket, request: Arrived, count: number) => void

export interface HostileOptions {
  /** Called for each connection before anything is read. */
  readonly onConnection?: (socket: Socket, connection: number) => void
  readonly tls?: TlsOptions
}

/** Longest that a test waits for the other side of a socket, in real milliseconds. */
const patience = 5_000

export const hostileSocket = (
  handle: Handle,
  options: HostileOptions = {}
): Effect.Effect<HostileSocket, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => listen(handle, options)),
      ({ stop }) => Effect.promise(stop)
    ),
    ({ server }) => server
  )

const listen = async (
  handle: Handle,
  { onConnection, tls }: HostileOptions
): Promise<{ readonly server: HostileSocket; readonly stop: () => Promise<void> }> => {
  const server = tls === undefined ? createServer() : createTlsServer(tls)
  const changes = new EventEmitter()
  const seen: Array<Arrived> = []
  const sockets: Array<Socket> = []
  const chunks: Array<Buffer> = []
  const open = new Set<Socket>()
  const until = (holds: () => boolean): Effect.Effect<void> =>
    Effect.promise(async () => {
      const signal = AbortSignal.timeout(patience)
      while (!holds()) await once(changes, "change", { signal })
    })
  const track = (socket: Socket): void => {
    open.add(socket)
    socket.on("error", () => undefined)
    socket.on("close", () => {
      open.delete(socket)
      changes.emit("change")
    })
  }
  server.on("connection", track)
  server.on("tlsClientError", () => undefined)
  server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    if (tls !== undefined) track(socket)
    const connection = sockets.push(socket)
    changes.emit("change")
    onConnection?.(socket, connection)
    const read = reader(connection, (request) => {
      const count = seen.push(request)
      changes.emit("change")
      handle(socket, request, count)
    })
    socket.on("data", (chunk) => {
      chunks.push(chunk)
      read(chunk)
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return {
    server: {
      url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
      port,
      seen,
      sockets,
      received: () => Buffer.concat(chunks).toString("latin1"),
      arrived: (count) => until(() => seen.length >= count),
      connected: (count) => until(() => sockets.length >= count),
      closed: (connection) => until(() => sockets[connection - 1]?.closed === true)
    },
    stop: () => stop(server, open)
  }
}

const stop = async (server: Server, open: ReadonlySet<Socket>): Promise<void> => {
  const closed = once(server, "close")
  server.close()
  for (const socket of open) socket.destroy()
  await closed
}

/** Requests of a connection, one after the other; each has a length or no body at all. */
const reader = (connection: number, take: (request: Arrived) => void) => {
  let text = ""
  return (chunk: Buffer): void => {
    text += chunk.toString("latin1")
    for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
      const [line = "", ...headers] = text.slice(0, end).split("\r\n")
      const length = Number(headerOf(headers, "content-length") ?? 0)
      if (text.length < end + 4 + length) return
      const body = text.slice(end + 4, end + 4 + length)
      text = text.slice(end + 4 + length)
      take({ connection, line, headers, body })
    }
  }
}

/** The value of a header, the first of that name. */
export const headerOf = (headers: ReadonlyArray<string>, name: string): string | undefined =>
  headers
    .find((header) => header.toLowerCase().startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim()
