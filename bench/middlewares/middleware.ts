import express, { type Express, type RequestHandler, type Response } from "express"

/** The request's merchant, as all of them are told it. */
export const merchantHeader = "x-merchant"

/** An app with one middleware and one handler, and what a request of a merchant carries. */
export interface OpenedMiddleware {
  readonly app: Express
  readonly headersFor: (merchant: string) => Readonly<Record<string, string>>
  /** What the handler took last from the middleware. */
  readonly taken: () => unknown
  readonly close?: () => Promise<unknown>
}

/** What every contender does: stand before a handler. */
export interface Middleware {
  readonly name: string
  /** The package whose version the tables name. */
  readonly packageName: string | undefined
  readonly open: (merchants: ReadonlyArray<string>) => Promise<OpenedMiddleware>
}

/** The same app for all: nothing of Express that is not needed. */
export const appOn = (
  middleware: ReadonlyArray<RequestHandler>,
  take: (request: express.Request, answer: (given?: unknown) => void) => void,
  headersFor: OpenedMiddleware["headersFor"]
): OpenedMiddleware => {
  let taken: unknown
  const app = express()
  app.set("env", "test").set("etag", false).disable("x-powered-by")
  if (middleware.length > 0) app.use(...middleware)
  app.get("/", (request, response: Response) => {
    take(request, (given) => {
      taken = given
      response.end("ok")
    })
  })
  return { app, headersFor, taken: () => taken }
}

export const naming: OpenedMiddleware["headersFor"] = (merchant) => ({ [merchantHeader]: merchant })
