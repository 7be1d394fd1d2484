/** Processes that a test, or a measurement, tells what to do. What they run serves tasks (`serveTasks`). */
import { fork } from "node:child_process"
import { once } from "node:events"
import { cleanEnvironment } from "./process.ts"

/** Milliseconds that a worker may live: a hundred of them on a busy machine are started for minutes. */
const timeout = 1_800_000

export interface Worker<Task, Result> {
  readonly tell: (task: Task) => Promise<Result>
  readonly signal: (signal: NodeJS.Signals) => void
  readonly stop: () => void
}

/** @param settings what the worker finds in its first argument, as JSON */
export const startWorker = async <Task extends object, Result>(
  file: string,
  settings: object
): Promise<Worker<Task, Result>> => {
  const child = fork(file, [JSON.stringify(settings)], {
    env: cleanEnvironment(),
    execArgv: [],
    timeout,
    killSignal: "SIGKILL"
  })
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the worker has ended")))
  ended.catch(() => undefined)
  const answer = async (): Promise<Result> => {
    const [result] = (await Promise.race([once(child, "message"), ended])) as [
      Result & { readonly failure?: string }
    ]
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
