/**
 * A Map of the newest so many: setting makes newest, and beyond the maximum the oldest goes. One iterator
 * serves for the whole life: a new one would walk over the holes that the deleted ones left, each time.
 */
export class BoundedMap<K, A> extends Map<K, A> {
  readonly #maximum: number
  #oldest: Iterator<K> | undefined

  constructor(maximum: number) {
    super()
    this.#maximum = maximum
  }

  override set(key: K, value: A): this {
    this.delete(key)
    super.set(key, value)
    if (this.size > this.#maximum) this.#forgetOldest()
    // An iterator that stands still keeps alive all that the Map has dropped since.
    else this.#oldest = undefined
    return this
  }

  #forgetOldest(): void {
    this.#oldest ??= this.keys()
    const oldest = this.#oldest.next()
    if (!oldest.done) this.delete(oldest.value)
  }
}
