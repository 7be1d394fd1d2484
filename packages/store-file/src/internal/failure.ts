/** Why the file could not be used. Names no value that the file holds. */
export interface Failure {
  /**
   * - `refused`: the folder or the file is not safe to use, and stays so until somebody corrects it
   * - `damaged`: the file is not one of ours any more
   * - `doubtful`: it seems so, but a disk that fails to read looks the same
   * - `moved`: another file has taken its place
   * - `busy`: another process holds its lock
   * - `trouble`: all else
   */
  readonly kind: "refused" | "damaged" | "doubtful" | "moved" | "busy" | "trouble"
  readonly problem: string
}

/** A failure that we find ourselves, on its way to whoever asked. */
export class Failed extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.problem)
    this.failure = failure
  }
}

/** Says how to correct what must not be used. */
export const refusal = (problem: string): Failed => new Failed({ kind: "refused", problem })

export const busy: Failure = { kind: "busy", problem: "the file is locked by another process" }
export const damaged: Failure = { kind: "damaged", problem: "the file is damaged" }

/** SQLite's result codes (https://sqlite.org/rescode.html) that can happen to us; most are primary ones. */
const failures: Readonly<Record<number, Failure>> = {
  1: { kind: "damaged", problem: "the file does not hold what it should" },
  5: busy,
  6: busy,
  8: { kind: "trouble", problem: "the file cannot be written" },
  10: { kind: "trouble", problem: "the disk failed" },
  11: { kind: "doubtful", problem: "the file is damaged" },
  13: { kind: "trouble", problem: "the disk is full" },
  14: { kind: "trouble", problem: "the file cannot be opened" },
  24: { kind: "doubtful", problem: "the file is damaged" },
  26: { kind: "doubtful", problem: "the file is no database" },
  // A table of SQLite's own is not what it was: a check of the whole file does not look there.
  523: damaged
}

export const failureOf = (error: unknown): Failure => {
  if (error instanceof Failed) return error.failure
  if (!(error instanceof Error)) return { kind: "trouble", problem: "unknown" }
  if ("errcode" in error && typeof error.errcode === "number") {
    const code = error.errcode & 0xff
    return (
      failures[error.errcode] ??
      failures[code] ?? { kind: "trouble", problem: `SQLite error ${code}` }
    )
  }
  const code = "code" in error ? String(error.code) : error.name
  // Every number in the file is one of ours: what JavaScript cannot hold was not written by us.
  if (code === "ERR_OUT_OF_RANGE") return damaged
  return { kind: "trouble", problem: code }
}
