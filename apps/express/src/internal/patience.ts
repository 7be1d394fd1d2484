import type { Response } from "express"
import { OnBehalfError } from "../OnBehalfError.ts"

/**
 * How long one request waits for Nuapay: until its deadline, or until its client has gone. A request that waits for
 * nothing costs no timer and no listener.
 */
export class Patience {
  readonly #response: Response
  /** Monotonic milliseconds. */
  readonly #until: number
  #signal: AbortSignal | undefined

  constructor(response: Response, milliseconds: number) {
    this.#response = response
    this.#until = performance.now() + milliseconds
  }

  /** Aborted with the error to answer with. Once the answer has been sent nothing aborts it any more. */
  get signal(): AbortSignal {
    this.#signal ??= this.#start()
    return this.#signal
  }

  /** Why it is over, if it is. */
  get reason(): unknown {
    return this.#signal?.reason
  }

  #start(): AbortSignal {
    const response = this.#response
    const controller = new AbortController()
    const goneBeforeTheEnd = () => {
      if (!response.writableFinished) controller.abort(new OnBehalfError("client_gone"))
    }
    if (response.closed) {
      goneBeforeTheEnd()
      return controller.signal
    }
    const late = () => controller.abort(new OnBehalfError("deadline_exceeded"))
    const timer = setTimeout(late, Math.max(0, this.#until - performance.now()))
    timer.unref()
    response.once("close", () => {
      clearTimeout(timer)
      goneBeforeTheEnd()
    })
    return controller.signal
  }
}

/** Gives up waiting when the signal says so; what is under way goes on for others. */
export const untilAborted = async <A>(
  work: PromiseLike<A> | A,
  signal: AbortSignal
): Promise<A> => {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener("abort", abort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener("abort", abort)
  }
}
