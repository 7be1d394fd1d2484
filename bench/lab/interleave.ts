import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"

/** One contender in one bench, in a process of its own. */
export interface Spec {
  readonly bench: "warm" | "fiber" | "stampede" | "memory" | "renewal"
  readonly contender: string
  readonly size: number
  /** For a bench that lasts. */
  readonly seconds?: number
}

/** What one sample tells, by name. */
export type Figures = Readonly<Record<string, number>>

/** Prepares a contender, and gives what takes a sample of it. */
export type Sampler = (spec: Spec) => Promise<() => Promise<Figures>>

const flags = ["--expose-gc", "--max-old-space-size=8192"]

/**
 * Every contender in a fresh process, so that none pays for another's heap or compiled code; then samples in
 * rounds of A, B, C, A, B, C, so that a noisy moment hits them all. Medians over the rounds, one for each spec.
 */
export const interleave = async (
  specs: ReadonlyArray<Spec>,
  rounds: number
): Promise<ReadonlyArray<Figures>> => {
  const workers: Array<ChildProcess> = []
  try {
    for (const spec of specs) {
      const worker = fork(new URL("./worker.ts", import.meta.url), { execArgv: flags })
      workers.push(worker)
      await ask(worker, spec)
    }
    const seen: Array<Array<Figures>> = specs.map(() => [])
    for (let round = 0; round < rounds; round++) {
      for (const [index, worker] of workers.entries()) {
        seen[index]?.push(await ask(worker, "sample"))
      }
    }
    return seen.map(medians)
  } finally {
    for (const worker of workers) worker.kill("SIGKILL")
  }
}

/** One fresh process after the other, a sample each: for what would disturb the next one. */
export const oneByOne = async (specs: ReadonlyArray<Spec>): Promise<ReadonlyArray<Figures>> => {
  const all: Array<Figures> = []
  for (const spec of specs) all.push(...(await interleave([spec], 1)))
  return all
}

const ask = async (worker: ChildProcess, message: Spec | "sample"): Promise<Figures> => {
  worker.send(message)
  const ended = once(worker, "exit").then(() => [{ error: "it ended" }])
  const [answer] = (await Promise.race([once(worker, "message"), ended])) as [
    { readonly figures: Figures } | { readonly error: string }
  ]
  if ("error" in answer) throw new Error(`${JSON.stringify(message)}: ${answer.error}`)
  return answer.figures
}

export const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN

const medians = (samples: ReadonlyArray<Figures>): Figures =>
  Object.fromEntries(
    Object.keys(samples[0] ?? {}).map((name) => [
      name,
      median(samples.map((sample) => sample[name] ?? Number.NaN))
    ])
  )
