/**
 * Answers errors of the middleware as problem details.
 *
 * @since 0.1.0
 */
import type { ErrorRequestHandler } from "express"
import { STATUS_CODES } from "node:http"
import { answerable } from "./answerable.ts"
import { isClosed } from "./internal/ending.ts"
import { OnBehalfError } from "./OnBehalfError.ts"

/**
 * An error handler for the end of the app: `application/problem+json` (RFC 9457) with `title`, `status`, `detail` and
 * `code`. Never a stack, a token, or what Nuapay answered. Errors that are not onbehalf's go on to the next handler.
 *
 * @category middleware
 * @since 0.1.0
 */
export const errorHandler: ErrorRequestHandler = (given: unknown, _request, response, next) => {
  const error = answerable(given)
  if (!(error instanceof OnBehalfError)) return next(given)
  // A call that several requests wait for may have ended with the client of another: this one still waits.
  if (error.code === "client_gone" && isClosed(response)) return
  // Express then ends the connection, so that half an answer is not taken for a whole one.
  if (response.headersSent) return next(error)
  for (const name of ofTheBody) {
    // What Node hears removed it leaves out itself later on, also where it was not there.
    if (response.hasHeader(name)) response.removeHeader(name)
  }
  response
    .status(error.status)
    .set({ "Cache-Control": "no-store", ...error.headers })
    .type("application/problem+json")
    .send(
      JSON.stringify({
        title: STATUS_CODES[error.status] ?? "Error",
        status: error.status,
        ...(error.expose ? { detail: error.message } : {}),
        code: error.code
      })
    )
}

/**
 * What a handler may have said of the body that it meant to send: a client would unpack the error, or save it as a file;
 * and how it is framed, which the error's own length contradicts.
 */
const ofTheBody = [
  "Content-Disposition",
  "Content-Encoding",
  "Content-Language",
  "Content-Range",
  "ETag",
  "Last-Modified",
  "Trailer",
  "Transfer-Encoding"
]
