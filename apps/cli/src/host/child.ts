/** A program in this one's place: a child, with the signals that are meant for it. */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { constants } from "node:os"
import process from "node:process"
import { secretVariables } from "../configuration/settings.ts"

/** Those of a terminal's keys: they reach every process in its foreground, the child too. */
const ofTerminal: ReadonlyArray<NodeJS.Signals> = ["SIGINT", "SIGQUIT"]
const others: ReadonlyArray<NodeJS.Signals> = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCONT"]

/** As shells have it. */
const notFound = 127
const notExecutable = 126

/** How a program ended: its own exit code, or 128 + the number of the signal that ended it, as shells have it. */
export interface ChildEnd {
  readonly code: number
  readonly signal?: NodeJS.Signals
}

/**
 * Runs a program in this one's place: same input and output, signals passed on, its end as the answer. Its
 * environment is ours with `extra`, and without our own secrets.
 */
export const runChild = (
  command: string,
  args: ReadonlyArray<string>,
  extra: Readonly<Record<string, string | undefined>>
): Effect.Effect<ChildEnd> =>
  Effect.uninterruptible(
    Effect.callback<ChildEnd>((resume) => {
      const env: NodeJS.ProcessEnv = { ...process.env, ...extra }
      for (const name of secretVariables) delete env[name]
      // Before there is a child: a quick one could cause a signal before its parent is ready for it.
      const giveBack = takeSignals((signal) => void child?.kill(signal))
      const end = (ended: ChildEnd) => {
        giveBack()
        resume(Effect.succeed(ended))
      }
      let child: ChildProcess | undefined
      try {
        child = spawn(command, args, { stdio: "inherit", env })
      } catch {
        // A name that is too long, a file that is being written: Node tells of some at once, of others later.
        return end({ code: notExecutable })
      }
      child.on("error", (error) =>
        end({ code: "code" in error && error.code === "ENOENT" ? notFound : notExecutable })
      )
      child.on("exit", (code, signal) =>
        end(signal === null ? { code: code ?? 0 } : { code: codeOfSignal(signal), signal })
      )
    })
  )

/** Until they are given back, signals end the child and not us: its end is ours. */
const takeSignals = (pass: (signal: NodeJS.Signals) => void): (() => void) => {
  const taken = [...others, ...ofTerminal].map((signal) => {
    const before = process.listeners(signal)
    const own = () => {
      if (!ofTerminal.includes(signal) || !isInForeground()) pass(signal)
    }
    // Never without a listener: what comes in between would be lost, or end us.
    process.on(signal, own)
    for (const listener of before) process.removeListener(signal, listener)
    return () => {
      for (const listener of before) process.on(signal, listener)
      process.removeListener(signal, own)
    }
  })
  return () => {
    for (const giveBack of taken) giveBack()
  }
}

/** Of a terminal; it may change while the program runs. */
const isInForeground = (): boolean => {
  try {
    // After the name, which may hold anything: state, parent, group, session, terminal, the terminal's foreground group.
    const [, , group, , , foreground] =
      readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? []
    return group === foreground
  } catch {
    // Not on Linux: on a terminal it most likely is.
    return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)
  }
}

const codeOfSignal = (signal: NodeJS.Signals): number => 128 + constants.signals[signal]
