import { keysOf } from "../work.ts"

/** Whose tokens are held, and who asks, in the server as in what loads it. */
export const merchants = keysOf(1_000)
