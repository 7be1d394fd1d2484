import { onBehalf, type OnBehalfMiddleware, type OnBehalfOptions } from "@onbehalf/express"
import "@onbehalf/express/request"
import express, { type Express, type RequestHandler } from "express"
import { join } from "node:path"
import { payments } from "./payments.ts"
import { sessions } from "./sessions.ts"
import { showErrors } from "./showErrors.ts"
import { signIn } from "./signIn.ts"

export interface Portal {
  readonly app: Express
  readonly nuapay: OnBehalfMiddleware
}

/**
 * A merchant-facing app. The merchant is the one who has signed in, and never a part of the request: a
 * merchant id out of a path, a query or a header could be anybody's.
 */
export const createPortal = (options: Omit<OnBehalfOptions, "organisation" | "scopes">): Portal => {
  const nuapay = onBehalf({
    ...options,
    organisation: (request) => request.session.merchant?.id,
    scopes: ["admin"]
  })
  const app = express()
  // Express shows stack traces in any other.
  app.set("env", "production")
  app.set("view engine", "ejs")
  app.set("views", folder("views"))
  app.get("/health", nuapay.health)
  app.get("/metrics", nuapay.metrics)
  app.use(guard, express.static(folder("public")))
  app.use(express.urlencoded({ extended: false, limit: "10kb" }), sessions(), showMerchant)
  app.use(signIn(nuapay))
  app.use("/payments", nuapay, payments)
  app.use(showErrors)
  return { app, nuapay }
}

const folder = (name: string): string => join(import.meta.dirname, "..", name)

/** No script, nothing from elsewhere, in nobody's frame; a page about one merchant is kept by no cache. */
const guard: RequestHandler = (_request, response, next) => {
  response.set({
    "Content-Security-Policy":
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff"
  })
  next()
}

/** Whose page it is, for the head of it. */
const showMerchant: RequestHandler = (request, response, next) => {
  response.locals["merchant"] = request.session.merchant
  next()
}
