import { type GrantHandle, type PromiseTokenBroker, TokenError } from "@onbehalf/core"
import express, { type Express, type NextFunction, type Request, type Response } from "express"
import { LRUCache } from "lru-cache"
import { randomUUID } from "node:crypto"

/** Sessions at once; who has not been seen for longest has to sign in again. */
export const mostSessions = 1_000

/**
 * A merchant-facing app. The merchant is the one who has signed in, and never a part of the request: a
 * merchant id out of a path, a query or a header could be anybody's.
 */
export const createPortal = (broker: PromiseTokenBroker): Express => {
  const sessions = new LRUCache<string, GrantHandle>({ max: mostSessions })
  const portal = express()
  // Express shows stack traces in any other.
  portal.set("env", "production")

  portal.get("/", (_request, response) => {
    response.json({ signIn: "/demo/sign-in/<organisation>", mandates: "/mandates" })
  })

  portal.get("/organisations", async (_request, response) => {
    response.json(await broker.organisations({ status: "ACTIVE", organisationType: "MERCHANT" }))
  })

  // Stands for a real sign-in, which would ask for a password.
  portal.get("/demo/sign-in/:organisation", async (request, response) => {
    const { id, status } = await broker.organisation(request.params.organisation)
    if (status !== "ACTIVE") {
      response.status(403).json({ title: "This merchant is not active" })
      return
    }
    const session = randomUUID()
    sessions.set(session, await broker.forOrganisation(id, { scopes: ["admin"] }))
    response.cookie("session", session, { httpOnly: true, sameSite: "strict" })
    response.redirect("/mandates")
  })

  portal.get("/mandates", async (request, response) => {
    const merchant = sessions.get(sessionOf(request))
    if (merchant === undefined) {
      response.status(401).json({ title: "Sign in first" })
      return
    }
    const mandates = await merchant.fetch("/mandates")
    response
      .status(mandates.status)
      .type("json")
      .send(await mandates.text())
  })

  portal.use(answerErrors)
  return portal
}

const sessionOf = (request: Request): string =>
  /(?:^|;\s*)session=([0-9a-f-]{36})/.exec(request.headers.cookie ?? "")?.[1] ?? ""

const statuses: Readonly<Record<string, number>> = {
  invalid_request: 400,
  organisation_unknown: 404,
  rate_limited: 429,
  deadline_exceeded: 504
}

/** Express knows an error handler by its four parameters. */
const answerErrors = (
  error: unknown,
  _request: Request,
  response: Response,
  next: NextFunction
): void => {
  if (!(error instanceof TokenError)) return next(error)
  response.status(statuses[error.code] ?? 502).json({ title: error.message, code: error.code })
}
