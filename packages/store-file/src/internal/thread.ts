import { Worker } from "node:worker_threads"
import type { Failure } from "./failure.ts"
import type { Message, Reply } from "./requests.ts"
import { uptime } from "./host.ts"

export type Outcome = Reply["outcome"]

/** What is sent, but for what the thread adds. */
export type Letter = Pick<Message, "operation" | "request" | "at">

/** Requests that may wait for the thread. */
const maximumWaiting = 10_000

/** Milliseconds that the thread may wait for a lock, and that a request may wait for its answer. */
export const lockPatience = 1_500
export const patience = 2_000
const openingPatience = 5_000

/** Milliseconds before that in which the thread begins with nothing any more. */
const reserve = 200

interface Waiting {
  readonly onOutcome: (outcome: Outcome) => void
  readonly timer: NodeJS.Timeout
}

/**
 * The writing thread. Started when it is needed, and again should it ever end. It works in real time, whatever
 * clock its user is on.
 */
export class Thread {
  readonly #directory: string
  readonly #entry: URL
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #last = 0

  constructor(directory: string, entry = besideThis()) {
    this.#directory = directory
    this.#entry = entry
  }

  send(letter: Letter, onOutcome: (outcome: Outcome) => void): void {
    if (this.#waiting.size >= maximumWaiting) {
      return onOutcome({ failure: trouble("too much waits for the file") })
    }
    const number = ++this.#last
    const wait = letter.operation === "locate" ? openingPatience : patience
    try {
      this.#worker ??= this.#start()
    } catch (error) {
      return onOutcome({ failure: cannotStart(error) })
    }
    const timer = setTimeout(() => {
      this.#settle(number, { failure: trouble("the file did not answer in time") })
    }, wait)
    this.#waiting.set(number, { onOutcome, timer })
    this.#worker.postMessage({ ...letter, number, until: uptime() + wait - reserve })
  }

  async terminate(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    // Nothing that the process was started with is for this thread: no loaders, no inspector, no secrets.
    const worker = new Worker(this.#entry, {
      name: "onbehalf-store-file",
      workerData: { directory: this.#directory, wait: lockPatience },
      execArgv: [],
      env: {}
    })
    worker.on("message", (reply: Reply) => this.#settle(reply.number, reply.outcome))
    let failure = trouble("the thread that writes has ended")
    worker.on("error", (error) => {
      const code = "code" in error ? String(error.code) : error.name
      failure = {
        kind: "refused",
        problem: `the thread that writes cannot run (${code}): ${advice}`
      }
    })
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = undefined
      for (const number of this.#waiting.keys()) this.#settle(number, { failure })
    })
    return worker
  }

  #settle(number: number, outcome: Outcome): void {
    const waiting = this.#waiting.get(number)
    if (waiting === undefined) return
    clearTimeout(waiting.timer)
    this.#waiting.delete(number)
    waiting.onOutcome(outcome)
  }
}

/** Node itself gives no thread: it was told not to, or the system has none to give just now. */
const cannotStart = (error: unknown): Failure => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown"
  const problem = `no thread can be started (${code})`
  return code === "ERR_ACCESS_DENIED"
    ? {
        kind: "refused",
        problem: `${problem}: ask for thread: false, or allow it (--allow-worker)`
      }
    : trouble(problem)
}

const advice = "leave @onbehalf/store-file out of bundles"

export const trouble = (problem: string): Failure => ({ kind: "trouble", problem })

/** As source or as built, beside this file. A bundle of CommonJS does not know where that is: then it leads nowhere, as in any bundle. */
const besideThis = (): URL => {
  const own: string | undefined = import.meta.url
  const here = own ?? "file:///bundle.js"
  return new URL(`./writingThread${here.slice(here.lastIndexOf("."))}`, here)
}
