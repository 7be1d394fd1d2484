/** Requests a second and the slowest of a hundred, over the wire. */
import { printFigures, progress } from "./child.ts"
import { middlewares } from "./middlewares/index.ts"
import { merchants } from "./middlewares/merchants.ts"
import type { Middleware } from "./middlewares/middleware.ts"
import { type Label, label } from "./peer.ts"
import { type Load, load, serve, type ServedApp } from "./served.ts"
import { median } from "./work.ts"

export interface WireRow extends Label {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p99: number
}

/** Connections that are kept busy. */
const connections = 50

interface Contender {
  readonly middleware: Middleware
  readonly server: ServedApp
  readonly headers: ReadonlyArray<Readonly<Record<string, string>>>
  readonly loads: Array<Load>
}

const start = async (middleware: Middleware): Promise<Contender> => {
  // Opened here as well, for what a request of each merchant carries.
  const { close, headersFor } = await middleware.open(merchants)
  const headers = merchants.slice(0, 100).map(headersFor)
  await close?.()
  return { middleware, server: await serve(middleware), headers, loads: [] }
}

/** The servers are there all the while and take turns, so that a noisy moment hits them all. */
const measureWire = async (isQuick: boolean): Promise<ReadonlyArray<WireRow>> => {
  const contenders: Array<Contender> = []
  for (const middleware of middlewares) contenders.push(await start(middleware))
  const seconds = isQuick ? 1 : 3
  const ask = ({ headers, server }: Contender) =>
    load(server.url, { connections, seconds, headers })
  for (const contender of contenders) await ask(contender)
  for (let round = 0; round < (isQuick ? 1 : 5); round++) {
    progress(`wire, round ${round}`)
    for (const contender of contenders) contender.loads.push(await ask(contender))
  }
  await Promise.all(contenders.map(({ server }) => server.close()))
  return contenders.map(({ loads, middleware }) => ({
    ...label(middleware),
    perSecond: median(loads.map((each) => each.perSecond)),
    p99: median(loads.map((each) => each.p99))
  }))
}

if (import.meta.main) await printFigures(measureWire)
