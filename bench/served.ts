import autocannon from "autocannon"
import { fork } from "node:child_process"
import { once } from "node:events"
import type { Middleware } from "./middlewares/middleware.ts"

/** An app in a process of its own, so that who asks does not take its time. */
export interface ServedApp {
  readonly url: string
  /** Bytes of its heap after full collections. */
  readonly heap: () => Promise<number>
  readonly close: () => Promise<unknown>
}

/** Milliseconds after which a server that was forgotten ends. */
const timeout = 600_000

export const serve = async ({ name }: Middleware): Promise<ServedApp> => {
  const path = new URL("./middlewares/server.ts", import.meta.url)
  const child = fork(path, [name], { execArgv: ["--expose-gc"], timeout })
  const [{ port }] = (await once(child, "message")) as [{ readonly port: number }]
  return {
    url: `http://127.0.0.1:${port}`,
    heap: async () => {
      child.send("heap")
      const [{ heap }] = (await once(child, "message")) as [{ readonly heap: number }]
      return heap
    },
    close: () => {
      child.kill()
      return once(child, "exit")
    }
  }
}

/** What came of some seconds of requests over that many connections, each kept alive. */
export interface Load {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p99: number
  /** How often each status was answered; `0`: no answer. */
  readonly statuses: Readonly<Record<string, number>>
}

export const load = async (
  url: string,
  options: {
    readonly connections: number
    readonly seconds: number
    readonly headers: ReadonlyArray<Readonly<Record<string, string>>>
  }
): Promise<Load> => {
  const { connections, headers, seconds } = options
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    timeout: 60,
    requests: headers.map((each) => ({ headers: { ...each } }))
  })
  const counted = Object.entries(result.statusCodeStats ?? {}).map(([status, { count }]) => [
    status,
    count ?? 0
  ])
  return {
    perSecond: result.requests.average,
    p99: result.latency.p99,
    statuses: Object.fromEntries([...counted, ["0", result.errors]]) as Load["statuses"]
  }
}
