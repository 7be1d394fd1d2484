/** What only the process knows, and what only it can do: children and their signals. */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { constants } from "node:os"
import process from "node:process"
import { secretVariables } from "./configuration/settings.ts"

/** Of Node. */
export const nodeVersion = process.versions.node

/** What is set. */
export const environmentVariable = (name: string): string | undefined => process.env[name]

/** A terminal sends these to the child itself. */
const ofTerminal: ReadonlyArray<NodeJS.Signals> = ["SIGINT", "SIGQUIT"]
const others: ReadonlyArray<NodeJS.Signals> = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCONT"]

/** As shells have it. */
const notFound = 127
const notExecutable = 126

/**
 * Runs a program in this one's place: same input and output, signals passed on, its exit code as the answer. Its
 * environment is ours with `extra`, and without our own secrets.
 */
export const runChild = (
  command: string,
  args: ReadonlyArray<string>,
  extra: Readonly<Record<string, string | undefined>>
): Effect.Effect<number> =>
  Effect.uninterruptible(
    Effect.callback<number>((resume) => {
      const env: NodeJS.ProcessEnv = { ...process.env, ...extra }
      for (const name of secretVariables) delete env[name]
      // Before there is a child: a quick one could cause a signal before its parent is ready for it.
      const giveBack = takeSignals((signal) => void child?.kill(signal))
      const end = (code: number) => {
        giveBack()
        resume(Effect.succeed(code))
      }
      let child: ChildProcess | undefined
      try {
        child = spawn(command, args, { stdio: "inherit", env })
      } catch {
        // A name that is too long, a file that is being written: Node tells of some at once, of others later.
        return end(notExecutable)
      }
      child.on("error", (error) =>
        end("code" in error && error.code === "ENOENT" ? notFound : notExecutable)
      )
      child.on("exit", (code, signal) =>
        end(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
      )
    })
  )

/** Until they are given back, signals end the child and not us: its end is ours. */
const takeSignals = (pass: (signal: NodeJS.Signals) => void): (() => void) => {
  const forwarded = process.stdin.isTTY === true ? others : [...others, ...ofTerminal]
  const taken = [...others, ...ofTerminal].map((signal) => {
    const before = process.listeners(signal)
    const own = forwarded.includes(signal) ? pass : () => undefined
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
