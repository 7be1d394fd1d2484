import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { refusalBody, type Service } from "../Refusal.ts"

/** A JSON answer. */
export const json = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {}
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(JSON.stringify(body), {
    status,
    headers,
    contentType: "application/json"
  })

/** A refusal outside of an endpoint: 404 for an unknown path, 405, 413, 429, 500. */
export const refusalResponse = (
  service: Service,
  status: number,
  headers?: Readonly<Record<string, string>>
) => json(status, refusalBody(service, status), headers)

/** The body of a buffered answer as text; nothing for a stream. */
export const textOf = (response: HttpServerResponse.HttpServerResponse): string | undefined => {
  const { body } = response
  if (body._tag === "Empty") return ""
  if (body._tag !== "Uint8Array") return undefined
  return body.text ?? new TextDecoder().decode(body.body)
}

/** The same answer with another body. */
export const withText = (
  response: HttpServerResponse.HttpServerResponse,
  text: string,
  contentType = "application/json"
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(text, {
    status: response.status,
    headers: HttpServerResponse.removeHeader(response, "content-length").headers,
    contentType
  })

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object and no array. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An error body with its details as one object, as the examples of the specification have it. */
export const objectDetails = (body: JsonObject): JsonObject => {
  const details = body["details"]
  return Array.isArray(details) ? { ...body, details: details[0] } : body
}

/** Rewrites the JSON object that an answer carries; other answers stay as they are. */
export const rewriteJson = (
  response: HttpServerResponse.HttpServerResponse,
  change: (body: JsonObject) => unknown
): HttpServerResponse.HttpServerResponse => {
  const body = parsed(textOf(response) ?? "")
  return isObject(body) ? withText(response, JSON.stringify(change(body))) : response
}
