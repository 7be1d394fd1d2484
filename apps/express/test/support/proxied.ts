import { errorHandler, onBehalf, type OnBehalfOptions, type ProxyOptions } from "@onbehalf/express"
import { request as rawRequest } from "node:http"
import { text } from "node:stream/consumers"
import type { CreateExpress, World } from "./world.ts"

export const open: ProxyOptions = {
  methods: ["GET", "POST"],
  paths: ["/mandates", "/tpp/payments"]
}

/** An app with nothing but a proxy, at `/nuapay`. */
export const serveProxy =
  (world: World, create: CreateExpress) =>
  async (rules: ProxyOptions, options: Partial<OnBehalfOptions> = {}) => {
    const nuapay = onBehalf(world.options(options))
    const app = create()
    app.set("env", "test")
    app.use("/nuapay", nuapay.proxy(rules))
    app.use(errorHandler)
    return { nuapay, ...(await world.serve(app, nuapay)) }
  }

/** Sends exactly these bytes in the request line, which `fetch` would tidy up. */
export const raw = (
  url: string,
  path: string,
  headers: Record<string, string | ReadonlyArray<string>> = {},
  method = "GET",
  body?: string
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const request = rawRequest(url, { path, method, headers: { "x-merchant": "m1", ...headers } })
    request.on("response", (response) => {
      text(response).then((all) => resolve({ status: response.statusCode ?? 0, text: all }), reject)
    })
    request.on("error", reject)
    request.end(body)
  })
