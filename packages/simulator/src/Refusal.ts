import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"

/** One entry of an error's `details`. */
export const RefusalDetail = Schema.Struct({
  code: Schema.String,
  description: Schema.String,
  field: Schema.optionalKey(Schema.String),
  resourceUri: Schema.optionalKey(Schema.String)
})

/** See {@link RefusalDetail}. */
export type RefusalDetail = typeof RefusalDetail.Type

/** The documented error body; `details` is an array, or one object as the examples have it. */
export const RefusalBody = Schema.Struct({
  returnCode: Schema.String,
  returnDescription: Schema.String,
  details: Schema.optionalKey(Schema.Union([Schema.Array(RefusalDetail), RefusalDetail]))
})

/** See {@link RefusalBody}. */
export type RefusalBody = typeof RefusalBody.Type

/** The statuses that an endpoint refuses with; 405, 413, 429 and unknown paths come before one. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 415 | 422

/** A refused request: the status and the body. The failure type of every handler. */
export interface Refusal<Status extends RefusalStatus = RefusalStatus> {
  readonly status: Status
  readonly body: RefusalBody
}

const refusalSchema = <Status extends RefusalStatus>(status: Status) =>
  RefusalBody.pipe(
    Schema.decodeTo(
      Schema.Struct({ status: Schema.Literal(status), body: Schema.toType(RefusalBody) }),
      SchemaTransformation.transform<Refusal<Status>, RefusalBody>({
        decode: (body) => ({ status, body }),
        encode: ({ body }) => body
      })
    ),
    HttpApiSchema.status(status)
  )

/** Error schemas for an `HttpApi`: the wire carries the body alone, the status picks the schema. */
export const Refusals = [
  refusalSchema(400),
  refusalSchema(401),
  refusalSchema(403),
  refusalSchema(404),
  refusalSchema(415),
  refusalSchema(422)
] as const

/** Whose error codes are used: `ORG…` for the organisation service, `GK…` for the rest. */
export type Service = "organisation" | "gatekeeper"

const words: Readonly<Record<number, string>> = {
  400: "The request is malformed.",
  401: "The API key or token is missing, wrong, expired or revoked.",
  403: "The caller is not permitted to do this.",
  404: "There is no such resource.",
  405: "This path does not take this method.",
  413: "The request body is too long.",
  415: "The request body must be application/json.",
  422: "The request was understood and is not valid. See details.",
  429: "Too many requests.",
  500: "The simulator failed.",
  503: "The service is not available."
}

const codeOf = (service: Service, status: number, detailed: boolean) => {
  if (service === "organisation") {
    return detailed ? "ORG0000" : `ORG0${status}`
  }
  return detailed ? "8888" : `GK0${status}`
}

/** The error body for a status, with the code and the words of the service. */
export const refusalBody = (
  service: Service,
  status: number,
  details: ReadonlyArray<RefusalDetail> = []
): RefusalBody => ({
  returnCode: codeOf(service, status, details.length > 0),
  returnDescription: words[status] ?? "The request failed.",
  ...(details.length > 0 ? { details } : {})
})

/** Builds a {@link Refusal}. */
export const refuse = <Status extends RefusalStatus>(
  service: Service,
  status: Status,
  details?: ReadonlyArray<RefusalDetail>
): Refusal<Status> => ({ status, body: refusalBody(service, status, details) })
