/** What a middleware adds to a request whose token is held, in process. */
import { collect, printFigures, progress } from "./child.ts"
import { ask } from "./inProcess.ts"
import { middlewares } from "./middlewares/index.ts"
import { bareExpress } from "./middlewares/limits.ts"
import type { Middleware, OpenedMiddleware } from "./middlewares/middleware.ts"
import { merchants } from "./middlewares/merchants.ts"
import { type Label, label } from "./peer.ts"
import { median, walk } from "./work.ts"

export interface AddedRow extends Label {
  /** Nanoseconds that it adds: of the differences of all pairs the first quartile, the median, the third. */
  readonly quartiles: readonly [number, number, number]
}

/** Requests in a block: some tens of milliseconds, and less garbage than is kept until it ends. */
const block = 4_000

interface Opened {
  readonly opened: OpenedMiddleware
  readonly next: () => number
}

interface Contender {
  readonly middleware: Middleware
  /** One for each: an app that is asked more often than the others is the engine's favourite. */
  readonly bare: Opened
  readonly other: Opened
  readonly differences: Array<number>
}

const open = async (middleware: Middleware): Promise<Opened> => ({
  opened: await middleware.open(merchants),
  next: walk(merchants.length)
})

const contend = async (middleware: Middleware): Promise<Contender> => ({
  middleware,
  bare: await open(bareExpress),
  other: await open(middleware),
  differences: []
})

/**
 * Nanoseconds for one request, of a block of them one after the other; its garbage is not in it. Of this
 * thread's own time, because what else the machine does meanwhile is no matter of the middleware's.
 */
const time = async ({ next, opened }: Opened): Promise<number> => {
  const headers = Array.from({ length: block }, () => opened.headersFor(merchants[next()] ?? ""))
  collect()
  const start = spent()
  for (const each of headers) await ask(opened, each)
  return (spent() - start) / block
}

const nobody = new Int32Array(new SharedArrayBuffer(4))

/**
 * Nanoseconds of this thread. A tick of the kernel is a tenth of a block; a thread that sleeps, however shortly, has
 * its account brought up to date.
 */
const spent = (): number => {
  Atomics.wait(nobody, 0, 0, 0.1)
  const { system, user } = process.threadCpuUsage()
  return (user + system) * 1_000
}

/** A block of the one right beside a block of the other, each first in turn: what drifts, drifts for both. */
const pair = async ({ bare, other }: Contender, isBareFirst: boolean): Promise<number> => {
  const [first, second] = isBareFirst ? [bare, other] : [other, bare]
  const before = await time(first)
  const after = await time(second)
  return isBareFirst ? after - before : before - after
}

const measureAdded = async (isQuick: boolean): Promise<ReadonlyArray<AddedRow>> => {
  const contenders = await Promise.all(
    middlewares.filter((one) => one !== bareExpress).map(contend)
  )
  // Compiled, before it counts.
  for (let round = 0; round < 5; round++) for (const each of contenders) await pair(each, true)
  const rounds = isQuick ? 20 : 60
  for (let round = 0; round < rounds; round++) {
    if (round % 10 === 0) progress(`middleware, round ${round} of ${rounds}`)
    for (const each of contenders) each.differences.push(await pair(each, round % 2 === 0))
  }
  return contenders.map(({ differences, middleware }) => ({
    ...label(middleware),
    quartiles: quartilesOf(differences)
  }))
}

const quartilesOf = (values: ReadonlyArray<number>): AddedRow["quartiles"] => {
  const middle = median(values)
  return [
    median(values.filter((value) => value <= middle)),
    middle,
    median(values.filter((value) => value >= middle))
  ]
}

if (import.meta.main) await printFigures(measureAdded)
