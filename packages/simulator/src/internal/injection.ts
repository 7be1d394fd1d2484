import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { ConnectionReset } from "../ConnectionReset.ts"
import type { Fault, FaultTarget } from "../Faults.ts"
import type { Model } from "../Model.ts"
import { refusalBody, type Service } from "../Refusal.ts"
import { tokenText } from "../TokenMint.ts"
import { isObject, json, objectDetails, rewriteJson, textOf, withText } from "./answers.ts"
import type { JsonObject } from "./answers.ts"

type Response = HttpServerResponse.HttpServerResponse
type Of<Kind extends Fault["kind"]> = Extract<Fault, { kind: Kind }>

/** The request that a fault is put into. */
export interface Injected {
  readonly model: Model
  readonly service: Service
  readonly target: FaultTarget
}

const page = (title: string) =>
  `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`

const html = (status: number) =>
  HttpServerResponse.text(page(status < 400 ? "Sign in" : `Error ${status}`), {
    status,
    contentType: "text/html"
  })

const statusAnswer = (fault: Of<"status">, service: Service): Response => {
  const headers = {
    ...fault.headers,
    ...(fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) }),
    ...(fault.rateLimitReset === undefined
      ? {}
      : { "x-rate-limit-reset": String(fault.rateLimitReset) })
  }
  const { body, status } = fault
  if (typeof body === "string") {
    const contentType = fault.contentType ?? "text/plain"
    return HttpServerResponse.text(body, { status, headers, contentType })
  }
  return json(status, body ?? refusalBody(service, status), headers)
}

/** An answer, or a failure, in place of the operation; nothing when the operation runs. */
export const insteadOf = (
  fault: Fault,
  { service }: Injected
): Effect.Effect<Response, ConnectionReset> | undefined => {
  switch (fault.kind) {
    case "status":
      return Effect.succeed(statusAnswer(fault, service))
    case "redirect":
      return Effect.succeed(
        HttpServerResponse.empty({
          status: fault.status ?? 307,
          headers: { location: fault.location }
        })
      )
    case "html":
      return Effect.succeed(html(fault.status ?? 200))
    case "hang":
      return Effect.never
    case "reset":
      return (fault.when ?? "before") === "before"
        ? Effect.fail(new ConnectionReset({ carriedOut: false }))
        : undefined
    default:
      return undefined
  }
}

const inData = (change: (data: JsonObject) => JsonObject) => (body: JsonObject) =>
  isObject(body["data"]) ? { ...body, data: change(body["data"]) } : body

const without = (value: JsonObject, path: ReadonlyArray<string>): JsonObject => {
  const [first = "", ...rest] = path
  const inner = value[first]
  if (rest.length > 0 && isObject(inner)) return { ...value, [first]: without(inner, rest) }
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== first))
}

const repeated = ({ model, target }: Injected) => {
  const other = model.mint.latestOfAnother(target.organisation ?? "")
  return inData((data) =>
    other === undefined || data["accessToken"] === undefined
      ? data
      : { ...data, id: other.id, accessToken: tokenText(other) }
  )
}

const expired = inData((data) =>
  typeof data["createdTimestamp"] === "number"
    ? { ...data, expiryTime: data["createdTimestamp"] - 1000 }
    : data
)

/** Puts the organisation of the fault where an answer names its owner; see also the exchange. */
const disowned = (organisation: string) => {
  const change = (row: unknown) =>
    isObject(row)
      ? {
          ...row,
          ...("requestedOrganisation" in row ? { requestedOrganisation: organisation } : {}),
          ...("organisationId" in row ? { organisationId: organisation } : {})
        }
      : row
  return ({ data, ...body }: JsonObject) => ({
    ...body,
    data: Array.isArray(data) ? data.map(change) : change(data)
  })
}

/** The organisation that a `wrongOrganisation` fault puts in: the one named, or another merchant. */
export const wrongOrganisation = (fault: Of<"wrongOrganisation">, injected: Injected): string =>
  fault.organisation ??
  injected.model.directory.merchants.find(({ id }) => id !== injected.target.organisation)?.id ??
  injected.model.directory.partner.id

const oversized = (fault: Of<"oversizedBody">) => {
  const padding = "x".repeat(Math.min(fault.bytes ?? 1_048_576, 64 * 1_048_576))
  return (body: JsonObject) => ({ ...body, padding })
}

const overridden = (fault: Of<"override">, response: Response): Response =>
  HttpServerResponse.setStatus(
    rewriteJson(response, (body) => ({
      ...inData((data) => ({ ...data, ...fault.data }))(body),
      ...fault.body
    })),
    fault.status ?? response.status
  )

const halfOf = (text: string) => text.slice(0, Math.max(1, Math.floor(text.length / 2)))

const broke = Effect.fail(new ConnectionReset({ carriedOut: true }))

const broken = (response: Response): Response => {
  const text = textOf(response) ?? ""
  const half = new TextEncoder().encode(halfOf(text))
  return HttpServerResponse.stream(
    // A turn of the event loop between them, for Node to flush the first half.
    Stream.concat(Stream.make(half), Stream.fromEffect(Effect.andThen(Effect.yieldNow, broke))),
    {
      status: response.status,
      headers: response.headers,
      contentType: "application/json",
      contentLength: new TextEncoder().encode(text).length
    }
  )
}

const dripping = (fault: Of<"slowBody">, response: Response): Response => {
  const bytes = new TextEncoder().encode(textOf(response) ?? "")
  const size = Math.max(1, fault.chunkBytes ?? 64)
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size)
  )
  return HttpServerResponse.stream(
    Stream.fromIterable(chunks).pipe(Stream.schedule(Schedule.spaced(fault.everyMs ?? 100))),
    {
      status: response.status,
      headers: response.headers,
      contentType: "application/json",
      contentLength: bytes.length
    }
  )
}

/** Changes the answer of an operation that ran. */
export const alter = (
  fault: Fault,
  injected: Injected,
  response: Response
): Effect.Effect<Response, ConnectionReset> => {
  const rewrite = (change: (body: JsonObject) => unknown) =>
    Effect.succeed(rewriteJson(response, change))
  switch (fault.kind) {
    case "reset":
      return fault.when === "during" ? Effect.succeed(broken(response)) : broke
    case "malformedJson":
      return Effect.succeed(withText(response, halfOf(textOf(response) ?? "{")))
    case "emptyBody":
      return Effect.succeed(HttpServerResponse.empty({ status: fault.status ?? response.status }))
    case "oversizedBody":
      return rewrite(oversized(fault))
    case "slowBody":
      return Effect.succeed(dripping(fault, response))
    case "wrongOrganisation":
      return rewrite(disowned(wrongOrganisation(fault, injected)))
    case "repeatedToken":
      return rewrite(repeated(injected))
    case "expiredOnArrival":
      return rewrite(expired)
    case "missingFields":
      return rewrite((body) =>
        fault.fields.reduce((left, field) => without(left, field.split(".")), body)
      )
    case "override":
      return Effect.succeed(overridden(fault, response))
    case "objectDetails":
      return rewrite(objectDetails)
    default:
      return Effect.succeed(response)
  }
}

const times = ["createdTimestamp", "expiryTime", "revokedTimestamp"]

/** Shifts the server's times in an answer, as if its clock were wrong by so many milliseconds. */
export const skewed = (response: Response, millis: number): Response =>
  millis === 0
    ? response
    : rewriteJson(
        response,
        inData((data) => ({
          ...data,
          ...Object.fromEntries(
            times.flatMap((key) => {
              const time = data[key]
              return typeof time === "number" ? [[key, time + millis]] : []
            })
          )
        }))
      )
