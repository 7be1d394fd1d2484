import { OnBehalfError } from "../OnBehalfError.ts"

/**
 * All that waits for Nuapay in this process. Beyond the maximum it is refused at once: a queue without an end would
 * fill the memory and answer nobody in time.
 */
export class Waiting {
  readonly #maximum: number
  readonly #whenIdle = new Set<() => void>()
  #count = 0

  constructor(maximum: number) {
    this.#maximum = maximum
  }

  get count(): number {
    return this.#count
  }

  async run<A>(work: () => Promise<A>): Promise<A> {
    if (this.#count >= this.#maximum) throw new OnBehalfError("overloaded")
    return this.hold(work)
  }

  /** For what goes on after a wait: counted, never refused. */
  async hold<A>(work: () => Promise<A>): Promise<A> {
    this.#count++
    try {
      return await work()
    } finally {
      this.#count--
      if (this.#count === 0) for (const resolve of this.#whenIdle) resolve()
    }
  }

  /** Once nothing waits, or after so many milliseconds. */
  async idle(atMost: number): Promise<void> {
    if (this.#count === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, atMost)
    this.#whenIdle.add(resolve)
    await promise
    clearTimeout(timer)
    this.#whenIdle.delete(resolve)
  }
}
