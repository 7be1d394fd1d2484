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

  /** Takes a place; the answer gives it back, and is to be called once. */
  enter(): () => void {
    if (this.#count >= this.#maximum) throw new OnBehalfError("overloaded")
    this.#count++
    return () => {
      this.#count--
      if (this.#count === 0) for (const resolve of this.#whenIdle) resolve()
    }
  }

  /** With a place for as long as the work takes; without one it is not begun. */
  async run<A>(work: () => Promise<A>): Promise<A> {
    const leave = this.enter()
    try {
      return await work()
    } finally {
      leave()
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
