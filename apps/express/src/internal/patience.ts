import type { Response } from "express"
import { OnBehalfError, type OnBehalfErrorCode } from "../OnBehalfError.ts"
import { isClosed, isSent } from "./ending.ts"
import { untilAborted } from "./untilAborted.ts"
import type { Waiting } from "./waiting.ts"

/**
 * How long one request waits for Nuapay: until its deadline, or until its client has gone; and the one place that it
 * takes among those that wait. A request that waits for nothing costs no timer, no listener and no place.
 */
export class Patience {
  readonly #response: Response
  readonly #waiting: Waiting
  /** Monotonic milliseconds. */
  readonly #until: number
  #controller: AbortController | undefined
  #leave: (() => void) | undefined

  constructor(response: Response, milliseconds: number, waiting: Waiting) {
    this.#response = response
    this.#waiting = waiting
    this.#until = performance.now() + milliseconds
  }

  /** Aborted with the error to answer with. Once the answer has been sent nothing aborts it any more. */
  get signal(): AbortSignal {
    this.#controller ??= this.#start()
    // A timer comes late where the request itself comes late to ask for it.
    if (!isSent(this.#response) && performance.now() >= this.#until) {
      this.#end("deadline_exceeded")
    }
    return this.#controller.signal
  }

  /** Why it is over, if it is. */
  get reason(): unknown {
    return this.#controller?.signal.reason
  }

  /** Begins the work if there is time and a place for it. */
  async wait<A>(begin: (signal: AbortSignal) => PromiseLike<A>): Promise<A> {
    const { signal } = this
    signal.throwIfAborted()
    const leave = this.#enter()
    try {
      return await untilAborted(() => begin(signal), signal)
    } finally {
      leave?.()
    }
  }

  /**
   * The place is the request's until its end, because the body of an answer may still be read when a call is done. What
   * goes on after the end has one for each call.
   */
  #enter(): (() => void) | undefined {
    if (this.#leave !== undefined) return undefined
    const leave = this.#waiting.enter()
    if (isClosed(this.#response)) return leave
    this.#leave = leave
    return undefined
  }

  #start(): AbortController {
    const response = this.#response
    const controller = new AbortController()
    if (isClosed(response)) {
      if (!isSent(response)) controller.abort(new OnBehalfError("client_gone"))
      return controller
    }
    const late = () => this.#end("deadline_exceeded")
    const timer = setTimeout(late, Math.max(0, this.#until - performance.now()))
    timer.unref()
    response.once("close", () => {
      clearTimeout(timer)
      this.#end(isSent(response) ? undefined : "client_gone")
    })
    return controller
  }

  #end(why: OnBehalfErrorCode | undefined): void {
    if (why !== undefined) this.#controller?.abort(new OnBehalfError(why))
    this.#leave?.()
    this.#leave = undefined
  }
}
