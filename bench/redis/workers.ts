import { join } from "node:path"
import { sharedNow } from "../../tests/support/serveTasks.ts"
import * as Workers from "../../tests/support/workers.ts"
import type { Result, Settings, Task } from "./tasks.ts"

export type Worker = Workers.Worker<Task, Result>

export const withWorkers = async <A>(
  count: number,
  settings: Settings,
  use: (workers: ReadonlyArray<Worker>) => Promise<A>
): Promise<A> => {
  const file = join(import.meta.dirname, "worker.ts")
  const workers = await Promise.all(
    Array.from({ length: count }, () => Workers.startWorker<Task, Result>(file, settings))
  )
  try {
    return await use(workers)
  } finally {
    for (const worker of workers) worker.stop()
  }
}

/** A moment that all have heard of before it comes. */
export const soon = (): number => sharedNow() + 100
