import { answerable, OnBehalfError } from "@onbehalf/express"
import type { ErrorRequestHandler } from "express"
import { STATUS_CODES } from "node:http"

/** A page for people; what went wrong in detail goes to the log. Express knows it by its four parameters. */
export const showErrors: ErrorRequestHandler = (given: unknown, _request, response, next) => {
  // Where this app asks the broker itself, errors are the broker's.
  const error = answerable(given)
  if (response.headersSent) return next(error)
  const problem = problemOf(error)
  if (problem.status >= 500) process.stderr.write(`${String(error)}\n`)
  response.status(problem.status).set(problem.headers)
  const title = problem.status === 401 ? "Please sign in" : STATUS_CODES[problem.status]
  response.render("error", { title, detail: problem.detail })
}

const problemOf = (error: unknown) => {
  if (!(error instanceof OnBehalfError)) return { status: statusOf(error), headers: {}, detail: "" }
  const { code, headers, message, status } = error
  const detail = { overloaded: busy, deadline_exceeded: busy, rate_limited: busy }[code as string]
  return { status, headers, detail: detail ?? (error.expose ? `${message}.` : "") }
}

/** Express says by a status what is wrong with a request: a form that is too long, a path that cannot be read. */
const statusOf = (error: unknown): number => {
  const status = error instanceof Error && "status" in error ? Number(error.status) : 500
  return status >= 400 && status < 500 ? status : 500
}

const busy = "Nuapay is busy at the moment: please try again in a minute."
