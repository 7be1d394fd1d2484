/** A thousand who wait for a Nuapay that never answers; and who asks for something else meanwhile. */
import { printFigures, progress } from "./child.ts"
import { merchants } from "./middlewares/merchants.ts"
import { naming } from "./middlewares/middleware.ts"
import { onbehalfOnSilence } from "./middlewares/silent.ts"
import { type Load, load, serve } from "./served.ts"

export interface SilenceFigures {
  readonly waiting: number
  /** The other route, with nobody waiting and while they do. */
  readonly otherBefore: Load
  readonly otherMeanwhile: Load
  /** Those who wait or are refused. */
  readonly waiters: Load
  /** Bytes of heap: before, with as many waiting as may, and when all is over. */
  readonly heap: readonly [number, number, number]
}

/** Connections that ask for what needs Nuapay, each again as soon as it is answered. */
const waiting = 1_000

/** A few: the load tool makes every request anew for every connection. */
const headers = merchants.slice(0, 50).map(naming)

const measureSilence = async (isQuick: boolean): Promise<SilenceFigures> => {
  const seconds = isQuick ? 6 : 20
  const server = await serve(onbehalfOnSilence)
  const other = (duration: number) =>
    load(`${server.url}/other`, { connections: 10, seconds: duration, headers: [{}] })
  progress("silence")
  await other(2)
  // Compiled, and its lists as long as they get.
  await load(server.url, { connections: waiting, seconds: 4, headers })
  const before = await server.heap()
  const otherBefore = await other(seconds / 2)
  const waiters = load(server.url, { connections: waiting, seconds, headers })
  const otherMeanwhile = await other(seconds / 2)
  const during = await server.heap()
  const waited = await waiters
  const after = await server.heap()
  await server.close()
  return { waiting, otherBefore, otherMeanwhile, waiters: waited, heap: [before, during, after] }
}

if (import.meta.main) await printFigures(measureSilence)
