/** A request from the command line. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpMethod from "effect/http/HttpMethod"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { UsageError } from "../UsageError.ts"
import { parseExactly } from "../exactJson.ts"

/** Name and value of a `--field`. */
export type Field = readonly [name: string, value: unknown]

/** What may be called. */
export const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const

/** A method, whatever its case. */
export type Method = (typeof methods)[number]

/** Small letters will do. */
export const parseMethod = (text: string): Option.Option<Method> =>
  Option.fromUndefinedOr(methods.find((method) => method === text.toUpperCase()))

/**
 * `name=text` or `name:=JSON`. Text stays text: whether `0123` is a number is not ours to guess. JSON stays as it
 * was typed too, but for its spaces.
 */
export const parseField = (field: string): Option.Option<Field> => {
  const [, name, colon, text] = /^([^=]+?)(:?)=(.*)$/s.exec(field) ?? []
  if (name === undefined || text === undefined) return Option.none()
  const value = colon === "" ? Option.some(text) : parseExactly(text)
  return Option.map(value, (known) => [name, known])
}

/** What the command line says of a request. */
export interface RequestOptions {
  readonly method: Method
  readonly path: string
  readonly field: ReadonlyArray<Field>
  readonly input: Option.Option<string>
}

/** Fields go into the query of what has no body or has one from `--input`, else into a JSON body. */
export const makeRequest = Effect.fnUntraced(function* (
  options: RequestOptions
): Effect.fn.Return<
  HttpClientRequest.HttpClientRequest,
  UsageError,
  FileSystem.FileSystem | Stdio.Stdio
> {
  const { field, input, method, path } = options
  const request = HttpClientRequest.make(method)(path).pipe(HttpClientRequest.acceptJson)
  const hasBody = HttpMethod.hasBody(method)
  if (Option.isNone(input) && hasBody && field.length > 0) {
    return HttpClientRequest.setBody(request, yield* bodyOf(field))
  }
  const withQuery = HttpClientRequest.appendUrlParams(
    request,
    field.map(
      ([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as const
    )
  )
  if (Option.isNone(input)) return withQuery
  if (!hasBody) {
    return yield* new UsageError({
      message: `a ${method} request has no body: leave out --input, or use another method`
    })
  }
  const bytes = yield* read(input.value)
  return HttpClientRequest.setBody(withQuery, HttpBody.uint8Array(bytes, "application/json"))
})

const bodyOf = (field: ReadonlyArray<Field>): Effect.Effect<HttpBody.HttpBody, UsageError> => {
  const body = new Map(field)
  return body.size === field.length
    ? Effect.succeed(HttpBody.text(JSON.stringify(Object.fromEntries(body)), "application/json"))
    : Effect.fail(
        new UsageError({ message: "--field names the same thing twice: use --input for lists" })
      )
}

const read = (
  file: string
): Effect.Effect<Uint8Array, UsageError, FileSystem.FileSystem | Stdio.Stdio> => {
  const bytes: Effect.Effect<Uint8Array, PlatformError, FileSystem.FileSystem | Stdio.Stdio> =
    file === "-"
      ? Effect.flatMap(Stdio.Stdio, ({ stdin }) => Stream.mkUint8Array(stdin))
      : Effect.flatMap(FileSystem.FileSystem, (files) => files.readFile(file))
  return Effect.mapError(
    bytes,
    ({ reason }) =>
      new UsageError({
        message: `--input ${file === "-" ? "(stdin)" : file} cannot be read (${reason._tag}): name a file with the request's body, or - for stdin`
      })
  )
}
