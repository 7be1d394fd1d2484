import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { controlPath, ControlApi } from "../ControlApi.ts"
import { GatekeeperApi } from "../GatekeeperApi.ts"
import { MerchantApi } from "../MerchantApi.ts"
import type { Model } from "../Model.ts"
import { OrganisationApi } from "../OrganisationApi.ts"
import { refusalResponse } from "./answers.ts"
import { controlGateLayer, controlHandlers } from "./controlHandlers.ts"
import { exchange, type Handler } from "./exchange.ts"
import { gateLayer } from "./gate.ts"
import { mandateHandlers, openBankingHandlers } from "./merchantHandlers.ts"
import { organisationHandlers } from "./organisationHandlers.ts"
import { tokenHandlers } from "./tokenHandlers.ts"

// As strict as the operation table; ids may have 255 characters, three bytes each when encoded.
const routerConfig = Layer.succeed(HttpRouter.RouterConfig, {
  caseSensitive: true,
  ignoreDuplicateSlashes: false,
  maxParamLength: 1024
})

const below = (prefix: string) =>
  Layer.effect(
    HttpRouter.HttpRouter,
    Effect.map(HttpRouter.HttpRouter, (router) =>
      prefix === "" ? router : router.prefixed(prefix)
    )
  )

const services = (model: Model) =>
  Layer.mergeAll(
    HttpApiBuilder.layer(GatekeeperApi).pipe(
      Layer.provide(tokenHandlers(model)),
      Layer.provide(below(model.settings.gatekeeperPrefix))
    ),
    HttpApiBuilder.layer(OrganisationApi).pipe(
      Layer.provide(organisationHandlers(model)),
      Layer.provide(below(model.settings.organisationPrefix))
    ),
    HttpApiBuilder.layer(MerchantApi).pipe(
      Layer.provide([mandateHandlers(model), openBankingHandlers(model)])
    )
  ).pipe(Layer.provide([gateLayer(model), HttpServer.layerServices]))

const control = (model: Model) =>
  HttpApiBuilder.layer(ControlApi).pipe(
    Layer.provide(controlHandlers(model)),
    Layer.provide([controlGateLayer, HttpServer.layerServices])
  )

/** The control surface as an HTTP effect; what it does not know is 404, what fails 500. */
export const makeControl = (model: Model) =>
  Effect.map(
    HttpRouter.toHttpEffect(control(model)).pipe(Effect.provide(routerConfig)),
    (handler): Handler =>
      handler.pipe(
        Effect.orElseSucceed(() => refusalResponse("gatekeeper", 404)),
        Effect.catchDefect(() => Effect.succeed(refusalResponse("gatekeeper", 500)))
      )
  )

/** The simulated services as an HTTP effect. */
export const makeServices = (model: Model) =>
  Effect.map(
    HttpRouter.toHttpEffect(services(model)).pipe(Effect.provide(routerConfig)),
    (routes) => exchange(model, routes)
  )

/** One effect of two: what lies below {@link controlPath} goes to the control surface. */
export const together = <E>(handler: Handler<E>, controls: Handler): Handler<E> =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ url }) =>
    url === controlPath || url.startsWith(`${controlPath}/`) ? controls : handler
  )
