/** What is wrong with stdout, by the code that the system gives. Needs nothing: quick answers use it too. */

/** Whether it is only that whoever read it is gone (`… | head`): that is no failure. */
export const isClosed = (code: string): boolean =>
  code === "EPIPE" || code === "ERR_STREAM_DESTROYED"

/** What is said otherwise. */
export const outputProblem = (code: string): string =>
  `stdout cannot be written to (${code}). Check where the output goes: what is there is not complete`
