import type { OnBehalfOptions } from "@onbehalf/express"
import { startSimulator, type RunningSimulator } from "@onbehalf/simulator"
import { memoryStore } from "@onbehalf/store-memory"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { createPortal } from "../../src/portal.ts"

export interface RunningPortal extends AsyncDisposable {
  readonly url: string
  readonly simulator: RunningSimulator
}

/** The portal as `npm start` has it, on a simulator of its own and a free port. */
export const startPortal = async (
  options: Pick<OnBehalfOptions, "requestDeadline"> = {}
): Promise<RunningPortal> => {
  const simulator = await startSimulator()
  const { app, nuapay } = createPortal({
    apiKey: simulator.apiKey,
    environment: "sandbox",
    baseUrl: simulator.url,
    store: memoryStore(),
    ...options
  })
  const server = app.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    simulator,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await nuapay.close()
      await simulator.close()
    }
  }
}
