/** What every contender does: give a valid token for a key, and hold it for the next time. */
export interface Peer {
  readonly name: string
  /** The package whose version the tables name. */
  readonly packageName?: string
  /** The most keys it is asked to hold; more would never end. */
  readonly largest?: number
  /** Why `largest`, or what else a reader must know. */
  readonly note?: string
  /** Keeps tokens, but leaves it to others to fetch them: no stampede can be measured. */
  readonly onlyHolds?: true
  /** Nothing is held yet: the tokens come from `upstream`. */
  readonly open: (keys: ReadonlyArray<string>, upstream: Upstream) => Opened | Promise<Opened>
}

export interface Opened {
  /** The text, or whatever the contender calls a token, of the key at an index. */
  readonly get: (index: number) => unknown
  /** Fetches the token of the key at an index, where `get` alone does not. */
  readonly fill?: (index: number) => unknown
}

/** The text of a new token for a key. */
export type Upstream = (key: string) => Promise<string>

/** Seconds that every token lives: longer than a run, and beyond anybody's time for renewing ahead. */
export const life = 36_000

/** Seven kilobytes, as Nuapay's are. Joined, so that it is flat from the start and nobody pays for that later. */
export const textOf = (key: string): string => [key, ".", "x".repeat(7_000)].join("")

/** An upstream that answers at once. */
export const atOnce: Upstream = (key) => Promise.resolve(textOf(key))

/** Keys as merchants have them: short, of one length, alike at the beginning. */
export const keysOf = (size: number, name = "merchant"): ReadonlyArray<string> =>
  Array.from({ length: size }, (_, index) => `${name}-${index.toString(36).padStart(8, "0")}`)

/** Sizes that all tables of look-ups have. */
export const sizes = [1, 1_000, 100_000] as const

/** A prime, so that all keys come up, in one order for all, which no cache of the machine guesses. */
export const stride = 7_919

/** Fetches at a time while a contender is filled. */
const together = 32

/** Fetches a token for every key. */
export const fillAll = async (opened: Opened, size: number): Promise<void> => {
  const fill = opened.fill ?? opened.get
  for (let start = 0; start < size; start += together) {
    const end = Math.min(start + together, size)
    await Promise.all(Array.from({ length: end - start }, (_, at) => fill(start + at)))
  }
}
