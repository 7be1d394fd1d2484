import { spawn } from "node:child_process"
import { join } from "node:path"

export const root = join(import.meta.dirname, "../..")

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The environment of a child: ours, without settings of Nuapay and of onbehalf that the machine may have. */
export const cleanEnvironment = (
  settings: Readonly<Record<string, string>> = {}
): NodeJS.ProcessEnv => {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(NUAPAY_|ONBEHALF_|REDIS_URL$)/.test(name)
  )
  return { ...Object.fromEntries(inherited), ...settings }
}

export interface RunOptions {
  readonly settings?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** A folder of the repository. Default: its root. */
  readonly cwd?: string
  /** Called with all that is on stdout so far. */
  readonly watch?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void
}

/** Runs a program to its end; killed after a minute. */
export const run = (
  program: string,
  args: ReadonlyArray<string>,
  { cwd = "", settings, stdin = "", watch }: RunOptions = {}
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: join(root, cwd),
      env: cleanEnvironment(settings),
      timeout: 60_000,
      killSignal: "SIGKILL"
    })
    let stdout = ""
    let stderr = ""
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString()
      watch?.(stdout, (signal) => child.kill(signal))
    })
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, stdout, stderr }))
    // A program that ends without reading is no failure of ours.
    child.stdin.on("error", () => undefined)
    child.stdin.end(stdin)
  })

export const runNode = (args: ReadonlyArray<string>, options?: RunOptions): Promise<Ended> =>
  run(process.execPath, args, options)
