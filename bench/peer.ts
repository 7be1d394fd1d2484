/** What every contender does: keep a valid token for each key, and give it. */
export interface Peer {
  readonly name: string
  /** The package whose version the tables name. */
  readonly packageName: string | undefined
  /** The most keys it is asked to hold; more would measure something else, or never end. */
  readonly largest: number
  /** Holds a token for each key, and gives the one at an index. */
  readonly prepare: (keys: ReadonlyArray<string>) => Promise<(index: number) => unknown>
}

const texts = new Map<string, string>()

/** Seven kilobytes, as Nuapay's are; one text a key, whoever holds it, so that memory is not what is measured. */
export const tokenFor = (key: string): string => {
  const known = texts.get(key)
  if (known !== undefined) return known
  // Joined, so that it is flat from the start and nobody pays for that later.
  const text = [key, ".", "x".repeat(7_000)].join("")
  texts.set(key, text)
  return text
}

/** All tokens live ten minutes. */
export const life = 600_000
