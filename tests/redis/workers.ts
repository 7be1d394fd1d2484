import { join } from "node:path"
import * as Workers from "../support/workers.ts"
import type { Result, Settings, Task } from "./worker.ts"

export type Worker = Workers.Worker<Task, Result>

export const startWorker = (settings: Settings): Promise<Worker> =>
  Workers.startWorker(join(import.meta.dirname, "worker.ts"), settings)
