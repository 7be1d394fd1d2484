/** A raw server that answers as it is told; real sockets, nothing of ours in it. */
import * as Effect from "effect/Effect"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export interface Hostile {
  readonly url: string
  readonly seen: Array<{ readonly path: string; readonly headers: IncomingMessage["headers"] }>
}

export const hostile = (handle: (request: IncomingMessage, response: ServerResponse) => void) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<Hostile & { readonly stop: () => void }>((resolve) => {
          const seen: Hostile["seen"] = []
          const server = createServer((request, response) => {
            seen.push({ path: request.url ?? "", headers: request.headers })
            handle(request, response)
          })
          server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as AddressInfo
            resolve({
              url: `http://127.0.0.1:${port}`,
              seen,
              stop: () => {
                server.closeAllConnections()
                server.close()
              }
            })
          })
        })
    ),
    (server) => Effect.sync(server.stop)
  )
