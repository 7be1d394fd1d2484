import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { controlsOf, withControls, type SimulatorControls } from "./Controls.ts"
import { makeControl, makeServices, together } from "./internal/routes.ts"
import type { InvalidOptions } from "./InvalidOptions.ts"
import { makeModel } from "./Model.ts"
import { resolveOptions, type SimulatorOptions } from "./Options.ts"
import {
  serve,
  SimulatorServer,
  type ListenError,
  type Served,
  type ServerOptions
} from "./Server.ts"

/**
 * A simulator: its controls, and its services as HTTP effects for any transport.
 *
 * @category services
 * @since 0.1.0
 */
export interface SimulatorService extends SimulatorControls, Served {}

/**
 * Nuapay's Gatekeeper and organisation service, and a few resources to use a token on.
 *
 * @example
 * ```ts
 * const test = program.pipe(
 *   Effect.provide(Simulator.layerHttpClient.pipe(Layer.provideMerge(Simulator.layer())))
 * )
 * ```
 *
 * @effect-expect-leaking HttpServerRequest
 * @category services
 * @since 0.1.0
 */
export class Simulator extends Context.Service<Simulator, SimulatorService>()(
  "@onbehalf/simulator/Simulator"
) {
  /** A simulator with its own data, tokens, faults and log. Each call makes another one. */
  static readonly layer = (options?: SimulatorOptions): Layer.Layer<Simulator, InvalidOptions> =>
    Layer.effect(
      Simulator,
      Effect.gen(function* () {
        const model = makeModel(yield* resolveOptions(options))
        const servicesHandler = yield* makeServices(model)
        const controlHandler = yield* makeControl(model)
        const handler = together(servicesHandler, controlHandler)
        return withControls({ servicesHandler, controlHandler, handler }, controlsOf(model))
      })
    )

  /**
   * An HTTP client that the simulator answers in process, inside the calling fiber: no socket, and
   * `TestClock` drives expiry and latency. A reset is a transport error, a hang never answers.
   */
  static readonly layerHttpClient: Layer.Layer<HttpClient.HttpClient, never, Simulator> =
    Layer.effect(
      HttpClient.HttpClient,
      Effect.map(Simulator, ({ handler }) =>
        HttpClient.make((request) =>
          handler.pipe(
            Effect.provideService(
              HttpServerRequest.HttpServerRequest,
              HttpServerRequest.fromClientRequest(request)
            ),
            Effect.scoped,
            Effect.map((response) => HttpServerResponse.toClientResponse(response, { request })),
            Effect.mapError(
              ({ message }) =>
                new HttpClientError.HttpClientError({
                  reason: new HttpClientError.TransportError({ request, description: message })
                })
            )
          )
        )
      )
    )

  /** A Node HTTP server, on a free port of 127.0.0.1 unless told otherwise. */
  static readonly layerServer = (
    options?: ServerOptions
  ): Layer.Layer<SimulatorServer, ListenError | InvalidOptions, Simulator> =>
    Layer.effect(
      SimulatorServer,
      Effect.flatMap(Simulator, (simulator) => serve(simulator, options))
    )
}
