import { OnBehalfError } from "../OnBehalfError.ts"

/**
 * Gives up waiting when the signal says so; what is under way goes on for others. Takes what begins the work, and not
 * the work, so that nothing is begun too late, and nothing that fails is left without somebody who hears of it.
 */
export const untilAborted = async <A>(
  begin: () => PromiseLike<A>,
  signal: AbortSignal
): Promise<A> => {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener("abort", abort, { once: true })
  try {
    return await Promise.race([begin(), aborted.promise])
  } finally {
    signal.removeEventListener("abort", abort)
  }
}

/** The same for so many milliseconds, then `deadline_exceeded`. */
export const within = async <A>(milliseconds: number, begin: () => PromiseLike<A>): Promise<A> => {
  const controller = new AbortController()
  const late = () => controller.abort(new OnBehalfError("deadline_exceeded"))
  const timer = setTimeout(late, milliseconds)
  try {
    return await untilAborted(begin, controller.signal)
  } finally {
    clearTimeout(timer)
  }
}
