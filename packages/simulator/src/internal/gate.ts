import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type * as Types from "effect/Types"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiError from "effect/http-api/HttpApiError"
import { authenticate, CurrentCaller, Gate } from "../Authentication.ts"
import type { Model } from "../Model.ts"
import { refuse, type Refusal, type Service } from "../Refusal.ts"

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

const fieldOf = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> = []) =>
  path.map((step) => String(typeof step === "object" ? step.key : step)).join(".")

/** Details of a request that does not decode; the offending value is never repeated. */
const detailsOf = (error: Schema.SchemaError, code: string) =>
  issuesOf(error.issue).issues.map((issue) => ({
    code,
    description: "The field is missing or its value is not allowed.",
    field: fieldOf(issue.path)
  }))

/** A malformed body or query is 400; a body that is JSON with wrong fields is 422. */
const undecodable = (
  service: Service,
  error: HttpApiError.HttpApiSchemaError
): Refusal<400 | 404 | 422> => {
  if (error.kind === "Params") return refuse(service, 404)
  const details = detailsOf(error.cause, service === "organisation" ? "ORG0006" : "GK0422")
  const fields = details.filter((detail) => detail.field !== "")
  if (error.kind === "Query") return refuse(service, 400, details)
  return fields.length === 0 ? refuse(service, 400) : refuse(service, 422, fields)
}

const isJson = (contentType: string | undefined) =>
  /^application\/json *(;|$)/i.test(contentType ?? "")

const checkMediaType = (
  service: Service,
  endpoint: HttpApiEndpoint.Top
): Effect.Effect<void, Refusal<415>, HttpServerRequest.HttpServerRequest> =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
    endpoint.payload.size === 0 || isJson(request.headers["content-type"])
      ? Effect.void
      : Effect.fail(refuse(service, 415))
  )

type Rejection = Types.unhandled | Refusal<400 | 404 | 422>

/** The one implementation of {@link Gate}. */
export const gateLayer = (model: Model): Layer.Layer<Gate> =>
  Layer.succeed(Gate, (httpEffect, { endpoint, group }) => {
    const service: Service = group.identifier === "organisations" ? "organisation" : "gatekeeper"
    const decoded = Effect.catch(httpEffect, (error): Effect.Effect<never, Rejection> => {
      if (!HttpApiError.HttpApiSchemaError.is(error)) return Effect.fail(error)
      const isOurs = error.kind === "Body" || error.kind === "ResponseHeaders"
      return isOurs ? Effect.die(error) : Effect.fail(undecodable(service, error))
    })
    return authenticate(model, service).pipe(
      Effect.tap(() => checkMediaType(service, endpoint)),
      Effect.flatMap((caller) => Effect.provideService(decoded, CurrentCaller, caller))
    )
  })
