import { once } from "node:events"
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { buffer } from "node:stream/consumers"

/** What arrived, byte for byte as Node read it. */
export interface Arrived {
  readonly method: string
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/**
 * A plain server that mints tokens and answers everything else as it is told, with its body or before it reads it; it
 * remembers the latter.
 */
export const rawNuapay = async (
  answer: (arrived: Arrived, response: ServerResponse) => void = (_arrived, response) => {
    response.setHeader("content-type", "application/json").end('{"data":[]}')
  },
  when: "once it has all" | "at once" = "once it has all"
) => {
  const arrived: Array<Arrived> = []
  let minted = 0
  const server = createServer((request, response) => {
    const { headers, method = "", url = "" } = request
    const [, organisation] = /^\/organisations\/([\w-]+)\/tokens$/.exec(url) ?? []
    if (organisation !== undefined) {
      response.writeHead(201, { "content-type": "application/json" })
      response.end(JSON.stringify({ uri: url, data: tokenFor(organisation, ++minted) }))
      return
    }
    const take = (body: Buffer) => {
      const one: Arrived = { method, target: url, headers, body }
      arrived.push(one)
      answer(one, response)
    }
    if (when === "at once") return take(Buffer.alloc(0))
    buffer(request).then(take, () => undefined)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

const tokenFor = (organisation: string, number: number) => ({
  id: `token-${number}`,
  accessToken: `text-${organisation}-${number}`,
  tokenType: "BEARER",
  status: "ACTIVE",
  scopes: ["admin"],
  requestedOrganisation: organisation,
  createdTimestamp: Date.now(),
  expiryTime: Date.now() + 600_000
})
