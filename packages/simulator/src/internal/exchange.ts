import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { identify } from "../Authentication.ts"
import type { ConnectionReset } from "../ConnectionReset.ts"
import type { Fault } from "../Faults.ts"
import type { Model } from "../Model.ts"
import { findOperation, operationsOf, type Found } from "../Operations.ts"
import type { Service } from "../Refusal.ts"
import { objectDetails, refusalResponse, rewriteJson } from "./answers.ts"
import { alter, insteadOf, skewed, wrongOrganisation, type Injected } from "./injection.ts"

type Response = HttpServerResponse.HttpServerResponse
type Served = HttpServerRequest.HttpServerRequest | Scope.Scope

/** A service as an HTTP effect. */
export type Handler<E = never> = Effect.Effect<Response, E, Served>

const pathOf = (url: string) => url.split(/[?#]/, 1)[0] ?? url

const isTooLong = (defect: unknown) =>
  HttpServerError.isHttpServerError(defect) &&
  defect.reason._tag === "RequestParseError" &&
  defect.reason.reason === "BodyTooLarge"

/** Answers what no endpoint answered, in the documented envelope. */
const enveloped = (
  model: Model,
  service: Service,
  found: Found,
  routes: Handler<HttpServerError.HttpServerError>
): Handler => {
  const { maximumBodyBytes } = model.settings
  const answer = (status: number, headers?: Readonly<Record<string, string>>) =>
    Effect.succeed(refusalResponse(service, status, headers))
  const tooLong = answer(413, { connection: "close" })
  // The router forgives more in a path than the table of operations, so the table goes first.
  if (found.operation === undefined) {
    return found.allowed.length > 0 ? answer(405, { allow: found.allowed.join(", ") }) : answer(404)
  }
  return Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) =>
    Number(headers["content-length"]) > maximumBodyBytes ? tooLong : routes
  ).pipe(
    Effect.provideService(HttpServerRequest.MaxBodySize, ByteSize.bytes(maximumBodyBytes)),
    Effect.catch(() => answer(404)),
    Effect.catchDefect((defect) => (isTooLong(defect) ? tooLong : answer(500)))
  )
}

/** Asks for another organisation, as a crossed answer would. */
const crossed = (routes: Handler, fault: Fault, injected: Injected): Handler => {
  if (fault.kind !== "wrongOrganisation") return routes
  const other = wrongOrganisation(fault, injected)
  return Effect.updateService(routes, HttpServerRequest.HttpServerRequest, (request) =>
    request.modify({
      url: request.url.replace(/\/organisations\/[^/?#]+/, `/organisations/${other}`)
    })
  )
}

const faulty = (
  injected: Injected,
  faults: ReadonlyArray<Fault>,
  routes: Handler
): Handler<ConnectionReset> => {
  const total = (kind: "latency" | "clockSkew") =>
    faults.reduce((sum, fault) => (fault.kind === kind ? sum + fault.ms : sum), 0)
  const main = faults.find((fault) => fault.kind !== "latency" && fault.kind !== "clockSkew")
  const latency = total("latency")
  const answered =
    main === undefined
      ? routes
      : (insteadOf(main, injected) ??
        Effect.flatMap(crossed(routes, main, injected), (response) =>
          alter(main, injected, response)
        ))
  const skew = total("clockSkew")
  return Effect.zipWith(
    latency === 0 ? answered : Effect.delay(answered, latency),
    injected.model.now,
    (response, now) =>
      "date" in response.headers
        ? response
        : HttpServerResponse.setHeader(
            skewed(response, skew),
            "date",
            new Date(now + skew).toUTCString()
          )
  )
}

/**
 * The three services behind one door: every request is logged and counted, limited, met by the
 * faults in force, and answered in the documented envelope.
 */
export const exchange = (
  model: Model,
  routes: Handler<HttpServerError.HttpServerError>
): Handler<ConnectionReset> => {
  const operations = operationsOf(model.settings)
  const { settings } = model
  return Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const time = yield* model.now
    const path = pathOf(request.url)
    const found = findOperation(operations, request.method, path)
    const caller = identify(model, request.headers["authorization"], time)
    const service = found.operation?.service ?? "gatekeeper"
    const target = {
      method: request.method,
      path,
      operation: found.operation?.name ?? "unknown",
      organisation: found.organisation ?? caller?.organisation.id
    }
    const wait = model.rateLimit.take(time)
    const faults = wait === undefined ? model.faults.take(target) : []
    const kinds = faults.map((fault) => fault.kind)
    const settle = model.log.arrive({ ...target, time, faults: kinds })
    const answered =
      wait === undefined
        ? enveloped(model, service, found, routes)
        : Effect.succeed(refusalResponse(service, 429, { "retry-after": String(wait) }))
    return yield* faulty({ model, service, target }, faults, answered).pipe(
      Effect.map((response) =>
        settings.errorDetails === "object" && response.status >= 400
          ? rewriteJson(response, objectDetails)
          : response
      ),
      Effect.onExit((exit) =>
        Effect.sync(() => settle(Exit.isSuccess(exit) ? exit.value.status : undefined))
      )
    )
  })
}
