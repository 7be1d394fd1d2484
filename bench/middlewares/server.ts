/** One contender's app on a port of its own, in a process of its own: `server.ts <name>`. */
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { heapUsed } from "../child.ts"
import { merchants } from "./merchants.ts"
import { servable } from "./index.ts"

const [, , name] = process.argv
const middleware = servable.find((one) => one.name === name)
if (middleware === undefined) throw new Error(`no middleware "${name}"`)

const { app } = await middleware.open(merchants)
const server = createServer(app).listen(0, "127.0.0.1")
await once(server, "listening")

process.on("message", () => {
  void heapUsed().then((heap) => process.send?.({ heap }))
})
process.send?.({ port: (server.address() as AddressInfo).port })
