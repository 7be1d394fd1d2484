/** Which keys end in which second, so that what has ended is found without looking at everything. */
export interface Ends {
  /** @param end monotonic milliseconds */
  readonly add: (text: string, end: number) => void
  readonly remove: (text: string, end: number) => void
  /** Keys of seconds that are over, a thousand at a time. Once there are none, looks again a second later. */
  readonly over: (now: number) => ReadonlyArray<string>
}

export const make = (): Ends => {
  const bySecond = new Map<number, Set<string>>()
  let nextLook = Number.NEGATIVE_INFINITY
  return {
    add: (text, end) => {
      const second = secondOf(end)
      const texts = bySecond.get(second)
      if (texts === undefined) bySecond.set(second, new Set([text]))
      else texts.add(text)
    },
    remove: (text, end) => {
      const second = secondOf(end)
      const texts = bySecond.get(second)
      if (texts?.delete(text) && texts.size === 0) bySecond.delete(second)
    },
    over: (now) => {
      const found: Array<string> = []
      if (now < nextLook) return found
      for (const [second, texts] of bySecond) {
        if (second * 1_000 > now) continue
        for (const text of texts) if (found.push(text) === most) return found
      }
      nextLook = (Math.floor(now / 1_000) + 1) * 1_000
      return found
    }
  }
}

/** Few enough that nobody waits for them: a fraction of a millisecond. */
const most = 1_000

/** The first whole second at which it has ended. */
const secondOf = (end: number): number => Math.ceil(end / 1_000)
