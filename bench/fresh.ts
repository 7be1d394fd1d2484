import type { caller } from "./caller.ts"
import type { fiberLoop } from "./fiberLoop.ts"

let instances = 0

/**
 * A module of its own for each contender, so that its code is compiled for that one's calls alone. Shared by
 * all, it would cost each what the others made of it, and hide what each costs itself.
 */
const fresh = async <A>(path: string): Promise<A> => (await import(`${path}?${instances++}`)) as A

export const freshCaller = async (): Promise<typeof caller> =>
  (await fresh<{ readonly caller: typeof caller }>("./caller.ts")).caller

export const freshFiberLoop = async (): Promise<typeof fiberLoop> =>
  (await fresh<{ readonly fiberLoop: typeof fiberLoop }>("./fiberLoop.ts")).fiberLoop
