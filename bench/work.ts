/** The work that all contenders share: the keys, the texts, and how long tokens live. */

/** Numbers of tokens held. */
export const sizes = [1, 1_000, 100_000] as const

/** Callers at once on a key that is not held. */
export const callers = 10_000

/** Milliseconds to the upstream and back; 0: it answers in a microtask. */
export const distances = [0, 1, 20] as const

/** Merchants whose tokens are kept alive. */
export const merchants = 10_000

/** An hour in milliseconds: nothing is due for renewal while a table is measured. */
export const life = 3_600_000

export const keysOf = (size: number): ReadonlyArray<string> =>
  Array.from({ length: size }, (_, index) => `merchant-${index.toString(36).padStart(8, "0")}`)

const stride = 7_919

/** The indices from 0 to `size`, over and over: all come up, in an order that no cache guesses. */
export const walk = (size: number): (() => number) => {
  // A prime, so that it shares no factor with a size; smaller than the size, so that no division is timed.
  const step = stride % size
  let index = 0
  return () => {
    index += step
    if (index >= size) index -= size
    return index
  }
}

const filler = "x".repeat(7_000)

/** A text of seven kilobytes, as Nuapay's are. Joined, so that it is flat and nobody pays for that later. */
export const mintText = (key: string): string => [key, ".", filler].join("")

const texts = new Map<string, string>()

/** One text a key, whoever holds it, so that gigabytes of copies are not what is measured. */
export const tokenFor = (key: string): string => {
  const known = texts.get(key)
  if (known !== undefined) return known
  const text = mintText(key)
  texts.set(key, text)
  return text
}

export const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
