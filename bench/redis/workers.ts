import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import type { Result, Settings, Task } from "./tasks.ts"

export interface Worker {
  readonly tell: (task: Task) => Promise<Result>
  readonly stop: () => void
}

/** Milliseconds that a worker may live. */
const timeout = 300_000

const startWorker = async (settings: Settings): Promise<Worker> => {
  const child: ChildProcess = fork(
    join(import.meta.dirname, "worker.ts"),
    [JSON.stringify(settings)],
    { execArgv: [], timeout, killSignal: "SIGKILL" }
  )
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the worker has ended")))
  ended.catch(() => undefined)
  const answer = async (): Promise<Result> => {
    const [result] = (await Promise.race([once(child, "message"), ended])) as [Result]
    if (result.failure !== undefined) throw new Error(result.failure)
    return result
  }
  await answer()
  return {
    tell: (task) => {
      const told = answer()
      child.send(task)
      return told
    },
    stop: () => child.kill("SIGKILL")
  }
}

export const withWorkers = async <A>(
  count: number,
  settings: Settings,
  use: (workers: ReadonlyArray<Worker>) => Promise<A>
): Promise<A> => {
  const workers = await Promise.all(Array.from({ length: count }, () => startWorker(settings)))
  try {
    return await use(workers)
  } finally {
    for (const worker of workers) worker.stop()
  }
}

/** A moment that all have heard of before it comes. */
export const soon = (): number => Number(process.hrtime.bigint()) / 1e6 + 100
