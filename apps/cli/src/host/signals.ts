/** Signals that ask this process to end, and its end by one. */
import process from "node:process"

const toEnd = ["SIGINT", "SIGTERM"] as const

/** Notes what comes, until it is asked for the last one. */
export const noteSignals = (): (() => NodeJS.Signals | undefined) => {
  let last: NodeJS.Signals | undefined
  const note = (signal: NodeJS.Signals) => {
    last = signal
  }
  for (const signal of toEnd) process.on(signal, note)
  return () => {
    for (const signal of toEnd) process.removeListener(signal, note)
    return last
  }
}

/** The default of others is to dump memory, with the secrets in it, or to start Node's debugger. */
const harmless: ReadonlyArray<string> = [...toEnd, "SIGHUP", "SIGKILL"]

/**
 * Ends this process as that signal does: a shell's loop and a supervisor look at more than the exit code. Does
 * nothing where the system or the signal does not allow it.
 */
export const endBySignal = (signal: string): void => {
  if (process.platform === "win32" || !harmless.includes(signal)) return
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}
