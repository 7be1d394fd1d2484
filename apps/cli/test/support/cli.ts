import { assert } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { constants } from "node:os"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"

/** A key that occurs nowhere else. */
export const apiKey = "kCLI5ecretPartnerKey-7Qd2"

/** A program that ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** How it is run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** In a session of its own, which no terminal belongs to. */
  readonly detached?: boolean
  /** Default: the bundle. */
  readonly entry?: string
  /** The user that it runs as; only root can choose one. */
  readonly uid?: number
}

/** What V8 compiled of the program is kept for all tests: without it a run takes twice as long. */
const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url))

/** The bundle. */
export const program = fileURLToPath(new URL("../../dist/onbehalf.js", import.meta.url))

/** Starts the real program, with the Node that runs the tests and nothing of their environment. */
export const start = (args: ReadonlyArray<string>, options: RunOptions = {}) => {
  const child = spawn(process.execPath, [options.entry ?? program, ...args], {
    env: { XDG_CACHE_HOME: cache, NUAPAY_API_KEY: apiKey, ...options.env },
    detached: options.detached ?? false,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    stdio: ["pipe", "pipe", "pipe"]
  })
  child.stdin.end(options.input ?? "")
  // As shells have it.
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code, signal) =>
      resolve(signal === null ? code : 128 + constants.signals[signal])
    )
  })
  return { child, ended }
}

/** Whether that user can be chosen here, and can reach the program. */
export const runsAs = (uid: number): boolean =>
  spawnSync(process.execPath, [program, "--version"], { uid }).status === 0

/** Runs it to its end. What must hold for every run is checked here. */
export const run = async (
  args: ReadonlyArray<string>,
  options: RunOptions = {}
): Promise<Ended> => {
  const { child, ended } = start(args, options)
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  const key = options.env?.["NUAPAY_API_KEY"] ?? apiKey
  for (const output of [stdout, stderr]) {
    assert.isFalse(key !== "" && output.includes(key), "the API key was printed")
    assert.notInclude(output, btoa(`${key}:`), "the API key was printed, as a header has it")
    assert.notInclude(output, "    at ", "a stack trace was printed")
    assert.notInclude(output, "\u001B", "colour was printed to a pipe")
  }
  return { code, stdout, stderr }
}

/** Checks that a run failed with this code, one line on stderr and nothing on stdout. */
export const assertFailed = (ended: Ended, code: number, saying: RegExp): void => {
  assert.match(ended.stderr, /^onbehalf: [^\n]+\n$/)
  assert.match(ended.stderr, saying)
  assert.strictEqual(ended.code, code, ended.stderr)
  assert.strictEqual(ended.stdout, "")
}

/** Checks that a run succeeded without a word on stderr. */
export const assertSilent = (ended: Ended): void => {
  assert.strictEqual(ended.stderr, "")
  assert.strictEqual(ended.code, 0)
}

/** What is typed on a terminal, once something was seen there. */
interface Keys {
  readonly typed: string
  readonly when: string
}

/** The program on a terminal of 70 columns, in a process of its own. */
export const onTerminal = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
  keys?: Keys
) => commandOnTerminal([process.execPath, program, ...args], env, keys)

/** The same for any command. */
export const commandOnTerminal = (
  command: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
  keys: Keys = { typed: "", when: "" }
): Promise<{ readonly code: number | null; readonly output: string }> => {
  const script = fileURLToPath(new URL("terminal.py", import.meta.url))
  const child = spawn("python3", [script, keys.typed, keys.when, ...command], {
    env: {
      PATH: process.env["PATH"],
      TERM: "xterm",
      XDG_CACHE_HOME: cache,
      NUAPAY_API_KEY: apiKey,
      ...env
    },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 60_000
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", resolve)
  })
  return Promise.all([text(child.stdout), ended]).then(([output, code]) => ({
    output: output.replaceAll("\r\n", "\n"),
    code
  }))
}
