import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { withControls, type SimulatorControls } from "./Controls.ts"
import type { SimulatorOptions } from "./Options.ts"
import { SimulatorServer, type ServerOptions } from "./Server.ts"
import { Simulator, type SimulatorService } from "./Simulator.ts"

/**
 * A simulator that listens, for those who do not write Effect.
 *
 * @category models
 * @since 0.1.0
 */
export interface RunningSimulator extends SimulatorControls, AsyncDisposable {
  /** For example `http://127.0.0.1:49152`, without a trailing slash. */
  readonly url: string
  /** `url` with `/_simulator`, or the control surface's own port. */
  readonly controlUrl: string
  /** The same services in process, without a socket; a reset rejects, a hang never answers. */
  readonly fetch: typeof globalThis.fetch
  /** Stops listening and closes every connection. May be called again. Never rejects. */
  readonly close: () => Promise<void>
}

const answer = (simulator: SimulatorService, request: Request) =>
  simulator.handler.pipe(
    Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromWeb(request)),
    Effect.scoped,
    Effect.map((response) =>
      HttpServerResponse.toWeb(response, {
        withoutBody: request.method === "HEAD",
        signal: request.signal
      })
    )
  )

/**
 * Starts a simulator on a free port of 127.0.0.1 (or `host` and `port`).
 *
 * Rejects with `ListenError` when the port is in use, and with `InvalidOptions` where an option is wrong.
 *
 * @example
 * ```ts
 * await using simulator = await startSimulator()
 * const answer = await fetch(`${simulator.url}/organisations`, {
 *   headers: { authorization: `Basic ${btoa(`${simulator.apiKey}:`)}` }
 * })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const startSimulator = async (
  options: SimulatorOptions & ServerOptions = {}
): Promise<RunningSimulator> => {
  const runtime = ManagedRuntime.make(
    Simulator.layerServer(options).pipe(Layer.provideMerge(Simulator.layer(options)))
  )
  const { server, simulator } = await runtime.runPromise(
    Effect.all({ server: SimulatorServer, simulator: Simulator })
  )
  const close = () => runtime.dispose()
  const inProcess = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init)
    try {
      return await runtime.runPromise(answer(simulator, request), { signal: request.signal })
    } catch (cause) {
      request.signal.throwIfAborted()
      throw new TypeError("fetch failed", { cause })
    }
  }
  const own = {
    url: server.url,
    controlUrl: server.controlUrl,
    fetch: inProcess,
    close,
    [Symbol.asyncDispose]: close
  }
  return withControls(own, simulator)
}
