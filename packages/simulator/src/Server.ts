import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { controlPath } from "./ControlApi.ts"
import type { ConnectionReset } from "./ConnectionReset.ts"
import type { Handler } from "./internal/exchange.ts"
import { checkOptions, whole } from "./InvalidOptions.ts"

/**
 * Where a simulator listens.
 *
 * @category models
 * @since 0.1.0
 */
export interface ServerOptions {
  /** Default 0: any free port. */
  readonly port?: number | undefined
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined
  /** A port for the control surface alone; default: the services' own. 0 for any free port. */
  readonly controlPort?: number | undefined
}

/**
 * The server could not listen there.
 *
 * @category errors
 * @since 0.1.0
 */
export class ListenError extends Schema.TaggedError<ListenError>()("ListenError", {
  host: Schema.String,
  port: Schema.Int,
  /** Node's error code, for example `EADDRINUSE` or `EACCES`. */
  code: Schema.String
}) {
  override get message() {
    return this.code === "EADDRINUSE"
      ? `Port ${this.port} on ${this.host} is in use; choose another one, or 0 for any free port`
      : `The simulator could not listen on port ${this.port} of ${this.host} (${this.code})`
  }
}

/**
 * A simulator that listens.
 *
 * @category services
 * @since 0.1.0
 */
export class SimulatorServer extends Context.Service<
  SimulatorServer,
  {
    /** For example `http://127.0.0.1:49152`, without a trailing slash. */
    readonly url: string
    /** Where the control surface is, `/_simulator` included. */
    readonly controlUrl: string
    readonly port: number
  }
>()("@onbehalf/simulator/Server/SimulatorServer") {}

// Two tokens of 8 KB fit into a request's headers.
const maxHeaderSize = 65_536

const codeOf = (cause: unknown) =>
  typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "unknown"

/** Destroys the socket of a request that is to be reset, with RST rather than FIN. */
const onSocket = (handler: Handler<ConnectionReset>): Handler =>
  handler.pipe(
    Effect.catch(() =>
      Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
        NodeHttpServerRequest.toIncomingMessage(request).socket.resetAndDestroy()
        // Ends when the closed socket interrupts it.
        return Effect.never
      })
    ),
    Effect.interruptible
  )

const listen = Effect.fnUntraced(function* (
  handler: Handler<ConnectionReset>,
  host: string,
  port: number
) {
  const server = createServer({ maxHeaderSize })
  const http = yield* NodeHttpServer.make(() => server, { host, port }).pipe(
    Effect.mapError(({ cause }) => new ListenError({ host, port, code: codeOf(cause) }))
  )
  yield* http.serve(onSocket(handler))
  // Closes what hangs as well, and first of all, so that nobody waits for a slow client.
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      server.close()
      server.closeAllConnections()
    })
  )
  const bound: string | AddressInfo | null = server.address()
  const actual = typeof bound === "object" && bound !== null ? bound.port : port
  return { port: actual, url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}` }
})

/** The HTTP effects of a simulator that can be listened for. */
export interface Served {
  /** The simulated services and the control surface below `/_simulator`. */
  readonly handler: Handler<ConnectionReset>
  /** The simulated services alone. */
  readonly servicesHandler: Handler<ConnectionReset>
  /** The control surface alone. */
  readonly controlHandler: Handler
}

const bounds = Schema.Struct({
  port: Schema.optional(whole(0, 65_535)),
  host: Schema.optional(Schema.NonEmptyString),
  controlPort: Schema.optional(whole(0, 65_535))
})

/** Serves a simulator over HTTP/1.1 until the scope closes. */
export const serve = Effect.fnUntraced(function* (simulator: Served, options: ServerOptions = {}) {
  yield* checkOptions(bounds, options)
  const host = options.host ?? "127.0.0.1"
  const port = options.port ?? 0
  if (options.controlPort === undefined) {
    const own = yield* listen(simulator.handler, host, port)
    return { ...own, controlUrl: `${own.url}${controlPath}` }
  }
  const own = yield* listen(simulator.servicesHandler, host, port)
  const control = yield* listen(simulator.controlHandler, host, options.controlPort)
  return { ...own, controlUrl: `${control.url}${controlPath}` }
})
