import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { parseArgs, styleText } from "node:util"
import { connect, type Nuapay } from "./nuapay.ts"
import { portNumber, portProblem } from "./port.ts"
import { createPortal, type Portal } from "./portal.ts"
import { type Report, walk } from "./walk.ts"

const usage = `Usage: npm start -- [options]

Starts Nuapay's simulator and a merchant portal, walks from a list of organisations to a merchant's
token and its revocation, and stays up until Ctrl-C.

  --once                  end after the walk; exit code 0 if every step worked
  --port <port>           the portal's port (default 4000; with --once any free one)
  --simulator-port <port> the simulator's port (default 4010; with --once any free one)
  --help                  this text

With NUAPAY_API_KEY and NUAPAY_ENVIRONMENT=sandbox set, Nuapay's sandbox takes the simulator's place.`

interface Settings {
  readonly once: boolean
  readonly help: boolean
  readonly port: number
  readonly simulatorPort: number
}

const settings = (): Settings => {
  const { values } = parseArgs({
    options: {
      once: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      port: { type: "string" },
      "simulator-port": { type: "string" }
    }
  })
  const once = values.once
  return {
    once,
    help: values.help,
    port: portNumber("--port", values.port, once ? 0 : 4000),
    simulatorPort: portNumber("--simulator-port", values["simulator-port"], once ? 0 : 4010)
  }
}

const report: Report = (step, milliseconds, outcome) => {
  const time = step === "" ? "" : `${milliseconds.toFixed(milliseconds < 1 ? 2 : 0)} ms`
  print(`  ${step.padEnd(38)} ${styleText("dim", time.padStart(8))}  ${outcome}`)
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const listen = ({ app }: Portal, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = app.listen(port, "127.0.0.1", (error?: Error) => {
      if (error === undefined) resolve(server)
      else reject(portProblem("--port", port, error))
    })
  })

const address = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** Through npm, which finds the repository's own Node. */
const cli = "npm run --silent onbehalf --"

const invite = (nuapay: Nuapay, portal: string, organisation: string): void => {
  const simulator = nuapay.simulator
  print("")
  print(`Merchant portal  ${portal} (open it in a browser)`)
  if (simulator !== undefined) {
    print(`Simulator        ${simulator.url} (API key: ${simulator.apiKey})`)
  }
  print("")
  print("Try, in another terminal, in this folder:")
  print(`  curl -sL --cookie '' -d merchant=${organisation} ${portal}/sign-in`)
  if (simulator !== undefined) {
    print(`  export NUAPAY_BASE_URL=${simulator.url} NUAPAY_API_KEY=${simulator.apiKey}`)
  }
  print(`  ${cli} organisations list`)
  print(`  ${cli} api GET /mandates --organisation ${organisation} --scope admin`)
  print("")
  print("Ctrl-C ends it.")
}

/** Resolves at Ctrl-C or SIGTERM. */
const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    process.once("SIGINT", resolve)
    process.once("SIGTERM", resolve)
  })

/** Ctrl-C in the middle of the walk. */
const interruption = async (stopped: Promise<void>): Promise<never> => {
  await stopped
  throw new Error("Stopped before the walk was through.")
}

const main = async (): Promise<void> => {
  const { help, once, port, simulatorPort } = settings()
  if (help) return print(usage)
  const stopped = untilStopped()
  const nuapay = await connect(simulatorPort)
  const portal = createPortal(nuapay.options)
  try {
    const broker = await portal.nuapay.broker
    const server = await listen(portal, port)
    print(`On behalf of a merchant, with ${nuapay.name}`)
    print("")
    const organisation = await Promise.race([walk(broker, report), interruption(stopped)])
    if (!once) {
      invite(nuapay, address(server), organisation)
      await stopped
      print("\nStopped.")
    }
    await end(server)
  } finally {
    await portal.nuapay.close({ revoke: true, within: 2_000 })
    await nuapay.close()
  }
}

/** Takes no new connection, and gives those that are open a moment to finish. */
const end = async (server: Server): Promise<void> => {
  const ended = new Promise((resolve) => server.close(resolve))
  const timer = setTimeout(() => server.closeAllConnections(), 2_000)
  server.closeIdleConnections()
  await ended
  clearTimeout(timer)
}

main().then(
  // Whatever is still open, a connection kept alive or an unread signal, must not hold the process.
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
)
