import { oldestOf } from "./oldest.ts"

/**
 * Which owners were revoked since when, in bounded memory. One counter serves all owners: an owner's
 * generation is the counter's value at its last revocation. When an owner is forgotten, its value becomes the
 * floor for all that are not remembered, so that forgetting can only refuse a write, never let one through.
 */
export interface Generations {
  readonly current: () => number
  readonly advance: (owner: string) => void
  /** Whether the owner was, or may have been, revoked after `generation` was read. */
  readonly hasPassed: (owner: string, generation: number) => boolean
}

export const make = (maximumOwners: number): Generations => {
  const revokedAt = new Map<string, number>()
  const oldest = oldestOf(revokedAt)
  let counter = 0
  let floor = 0
  return {
    current: () => counter,
    advance: (owner) => {
      counter++
      revokedAt.delete(owner)
      revokedAt.set(owner, counter)
      if (revokedAt.size <= maximumOwners) return
      const [forgotten, generation] = oldest() ?? [owner, counter]
      floor = generation
      revokedAt.delete(forgotten)
    },
    hasPassed: (owner, generation) => generation < (revokedAt.get(owner) ?? floor)
  }
}
