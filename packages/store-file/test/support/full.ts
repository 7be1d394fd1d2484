/** `pnpm crash-test`: every point, for the better part of an hour. `npm test` takes some of them. */
export const isFull = process.env["CRASH_TEST"] === "full"

export const timeout = isFull ? 7_200_000 : 60_000
