/**
 * A request that was served. It never holds an `Authorization` value, a key or a token.
 *
 * @category models
 * @since 0.1.0
 */
export interface LoggedRequest {
  /** Counts from 1 and goes on over a clear. */
  readonly number: number
  readonly method: string
  /** The path without its query. */
  readonly path: string
  /** The operation's name, or `unknown`. */
  readonly operation: string
  /** The organisation in the path, else the caller's own, where there is one. */
  readonly organisation: string | undefined
  /** Nothing as long as there is no answer: under way, hanging, or the connection was reset. */
  readonly status: number | undefined
  /** The kinds of the faults that were put in, in order. */
  readonly faults: ReadonlyArray<string>
  /** When it arrived: epoch milliseconds of the server's clock. */
  readonly time: number
}

/** The last requests and a counter for each operation. */
export interface RequestLog {
  readonly entries: () => ReadonlyArray<LoggedRequest>
  readonly counters: () => Readonly<Record<string, number>>
  /** Notes an arrival; call the result when the answer is known. */
  readonly arrive: (
    request: Omit<LoggedRequest, "number" | "status">
  ) => (status: LoggedRequest["status"]) => void
  readonly clear: () => void
}

/** How many requests are remembered. */
export const longestLog = 10_000

/** Longest path that is written down; a longer one is cut. */
export const longestPath = 512

/** Builds an empty log. */
export const makeRequestLog = (): RequestLog => {
  const entries = new Map<number, LoggedRequest>()
  const counters = new Map<string, number>()
  let last = 0
  return {
    entries: () => [...entries.values()],
    counters: () => Object.fromEntries(counters),
    arrive: (request) => {
      last += 1
      const number = last
      const path = request.path.slice(0, longestPath)
      entries.set(number, { ...request, path, number, status: undefined })
      entries.delete(number - longestLog)
      counters.set(request.operation, (counters.get(request.operation) ?? 0) + 1)
      return (status) => {
        const entry = entries.get(number)
        if (entry !== undefined) entries.set(number, { ...entry, status })
      }
    },
    clear: () => {
      entries.clear()
      counters.clear()
    }
  }
}
