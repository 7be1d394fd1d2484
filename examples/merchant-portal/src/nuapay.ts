import type { CreateTokenBrokerOptions } from "@onbehalf/core"
import { startSimulator } from "@onbehalf/simulator"
import { memoryStore } from "@onbehalf/store-memory"
import { portProblem } from "./port.ts"

/** Nuapay, real or simulated. */
export interface Nuapay {
  readonly name: string
  /** How it is reached; what is not here comes from `NUAPAY_*`. */
  readonly options: CreateTokenBrokerOptions
  /** Only where it is simulated. */
  readonly simulator: { readonly url: string; readonly apiKey: string } | undefined
  readonly close: () => Promise<void>
}

/** The simulator; the real sandbox where `NUAPAY_API_KEY` is set. */
export const connect = async (simulatorPort: number): Promise<Nuapay> => {
  if ((process.env["NUAPAY_API_KEY"] ?? "") !== "") return connectSandbox()
  // Settings that were meant for the real Nuapay would only confuse the simulator.
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("NUAPAY_")) delete process.env[name]
  }
  const simulator = await startSimulator({ port: simulatorPort }).catch((error: unknown) => {
    throw portProblem("--simulator-port", simulatorPort, error)
  })
  return {
    name: `the simulator at ${simulator.url}`,
    options: {
      apiKey: simulator.apiKey,
      environment: "sandbox",
      baseUrl: simulator.url,
      store: memoryStore()
    },
    simulator,
    close: simulator.close
  }
}

const connectSandbox = (): Nuapay => {
  if (process.env["NUAPAY_ENVIRONMENT"] !== "sandbox") {
    throw new Error(
      "NUAPAY_API_KEY is set: set NUAPAY_ENVIRONMENT=sandbox too. The walk revokes a token, so it does not run against live"
    )
  }
  return {
    name: process.env["NUAPAY_BASE_URL"] ?? "Nuapay's sandbox",
    options: { store: memoryStore() },
    simulator: undefined,
    close: async () => undefined
  }
}
