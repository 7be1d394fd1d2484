import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { cleanEnvironment } from "../support/process.ts"
import type { Result, Settings, Task } from "./worker.ts"

/** Milliseconds that a worker may live. */
const timeout = 300_000

export interface Worker {
  readonly tell: (task: Task) => Promise<Result>
  readonly signal: (signal: NodeJS.Signals) => void
  readonly stop: () => void
}

export const startWorker = async (settings: Settings): Promise<Worker> => {
  const child: ChildProcess = fork(
    join(import.meta.dirname, "worker.ts"),
    [JSON.stringify(settings)],
    {
      env: cleanEnvironment(),
      execArgv: [],
      timeout,
      killSignal: "SIGKILL"
    }
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
    signal: (signal) => child.kill(signal),
    stop: () => child.kill("SIGKILL")
  }
}
