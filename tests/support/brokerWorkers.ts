import { join } from "node:path"
import type { Result, Settings, Task } from "./brokerWorker.ts"
import * as Workers from "./workers.ts"

export type Worker = Workers.Worker<Task, Result>

export const startWorker = (settings: Settings): Promise<Worker> =>
  Workers.startWorker(join(import.meta.dirname, "brokerWorker.ts"), settings)
