import { Effect, Layer } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { Simulator, type SimulatorOptions } from "../src/index.ts"

/** What a test sends. */
export interface Call {
  readonly auth?: string
  readonly body?: unknown
  /** The body as it is, with this content type. */
  readonly raw?: { readonly text: string; readonly contentType: string }
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer's body, as loosely as a test reads it. */
export interface Body {
  readonly uri?: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly returnCode?: string
  readonly returnDescription?: string
  readonly details?: ReadonlyArray<Readonly<Record<string, unknown>>>
}

/** `Authorization` of an API key. */
export const basic = (user: string) => `Basic ${Buffer.from(`${user}:`).toString("base64")}`

/** `Authorization` of a token. */
export const bearer = (token: string) => `Bearer ${token}`

/** One request to the simulator in process. */
export const call = Effect.fnUntraced(function* (method: string, path: string, options: Call = {}) {
  const client = yield* HttpClient.HttpClient
  const request = HttpClientRequest.makeWith(
    method,
    `http://simulator.test${path}`,
    HttpClientRequest.empty.urlParams,
    HttpClientRequest.empty.hash,
    HttpClientRequest.empty.headers,
    HttpClientRequest.empty.body
  ).pipe(
    HttpClientRequest.setHeaders({
      ...(options.auth === undefined ? {} : { authorization: options.auth }),
      ...options.headers
    }),
    options.raw !== undefined
      ? HttpClientRequest.bodyText(options.raw.text, options.raw.contentType)
      : options.body === undefined
        ? (same) => same
        : HttpClientRequest.bodyText(JSON.stringify(options.body), "application/json")
  )
  const response = yield* client.execute(request)
  const text = yield* response.text
  const isJson = response.headers["content-type"]?.startsWith("application/json") === true
  return { status: response.status, headers: response.headers, text, isJson }
})

/** The answer's body as JSON. */
export const bodyOf = (answer: { readonly text: string }): Body => JSON.parse(answer.text)

/** A token of a merchant, requested by the main partner. */
export const mint = Effect.fnUntraced(function* (
  organisation: string,
  scopes: ReadonlyArray<string> = ["admin", "openbanking_pisp"],
  expiresIn?: number
) {
  const simulator = yield* Simulator
  const answer = yield* call("POST", `/organisations/${organisation}/tokens`, {
    auth: basic(simulator.apiKey),
    body: { scopes, ...(expiresIn === undefined ? {} : { expiresIn }) }
  })
  const data = bodyOf(answer).data ?? {}
  return { id: String(data["id"]), accessToken: String(data["accessToken"]), data, answer }
})

/** A simulator and its client, in process, under the test's clock. */
export const world = (options?: SimulatorOptions) =>
  Simulator.layerHttpClient.pipe(Layer.provideMerge(Simulator.layer(options)))
