import { onBehalf } from "@onbehalf/express"
import "@onbehalf/express/request"
import { memoryStore } from "@onbehalf/store-memory"
import express from "express"
import { merchantHeader, type Middleware, naming } from "./middleware.ts"

/** Milliseconds that a request waits. */
export const patience = 3_000

/** A Nuapay that never answers: whatever needs it waits until its deadline. Another route needs nothing of it. */
export const onbehalfOnSilence: Middleware = {
  name: "onbehalf, Nuapay silent",
  packageName: "@onbehalf/express",
  open: async () => {
    const nuapay = onBehalf({
      apiKey: "bench",
      environment: "sandbox",
      store: memoryStore(),
      scopes: ["admin"],
      requestDeadline: patience,
      organisation: (request) => String(request.headers[merchantHeader]),
      fetch: () => new Promise<never>(() => undefined)
    })
    const app = express()
    app.set("env", "test").set("etag", false).disable("x-powered-by")
    app.get("/other", (_request, response) => void response.end("ok"))
    app.get("/", nuapay, (request, response, next) => {
      request.onBehalf.token().then(() => response.end("ok"), next)
    })
    return { app, headersFor: naming, taken: () => undefined, close: () => nuapay.close() }
  }
}
