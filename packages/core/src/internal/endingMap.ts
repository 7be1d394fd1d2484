import type { MonotonicMillis } from "../MonotonicClock.ts"

export interface EndingMapOptions<A> {
  readonly now: MonotonicMillis
  /** Entries at most. */
  readonly maximum: number
  readonly onForget: (value: A) => void
}

/**
 * A Map that forgets what has ended. Two halves, and no look at single entries: once all of the older half has ended
 * it goes as a whole, and the younger one is the older. It also goes when the younger one is full.
 */
export class EndingMap<K, A> {
  readonly #now: MonotonicMillis
  readonly #half: number
  readonly #onForget: (value: A) => void
  #young = new Map<K, A>()
  #old = new Map<K, A>()
  /** Monotonic milliseconds at which the last of them ends. */
  #youngEnd = Number.NEGATIVE_INFINITY
  #oldEnd = Number.NEGATIVE_INFINITY

  constructor({ maximum, now, onForget }: EndingMapOptions<A>) {
    this.#now = now
    this.#half = Math.ceil(maximum / 2)
    this.#onForget = onForget
  }

  /** @param end monotonic milliseconds; `undefined`: not known */
  set(key: K, value: A, end = Number.POSITIVE_INFINITY): void {
    if (this.#young.size >= this.#half || this.#oldEnd <= this.#now()) this.#turn()
    this.#old.delete(key)
    this.#young.set(key, value)
    this.#youngEnd = Math.max(this.#youngEnd, end)
  }

  delete(key: K): void {
    if (!this.#young.delete(key)) this.#old.delete(key)
  }

  *values(): Iterable<A> {
    yield* this.#old.values()
    yield* this.#young.values()
  }

  #turn(): void {
    for (const value of this.#old.values()) this.#onForget(value)
    this.#old = this.#young
    this.#oldEnd = this.#youngEnd
    this.#young = new Map()
    this.#youngEnd = Number.NEGATIVE_INFINITY
  }
}
