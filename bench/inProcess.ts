import { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"
import type { OpenedMiddleware } from "./middlewares/middleware.ts"

const socket = new Socket()
Object.defineProperty(socket, "remoteAddress", { value: "127.0.0.1" })

/** A request through an app until its answer ends: Node's own objects, and no network. */
export const ask = (
  { app }: OpenedMiddleware,
  headers: Readonly<Record<string, string>>
): Promise<number> => {
  const request = new IncomingMessage(socket)
  request.method = "GET"
  request.url = "/"
  request.headers = { host: "bench.example", ...headers }
  const response = new ServerResponse(request)
  return new Promise((resolve, reject) => {
    response.end = ((...given: Parameters<ServerResponse["end"]>) => {
      ServerResponse.prototype.end.apply(response, given)
      // Behind what Node does after an answer: left undone, it would hold every request of a block, and their garbage.
      process.nextTick(resolve, response.statusCode)
      return response
    }) as ServerResponse["end"]
    // Where no handler answers, Express hands the error to whoever called it.
    app(request as never, response as never, reject)
  })
}
