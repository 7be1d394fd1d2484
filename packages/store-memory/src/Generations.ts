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
  let counter = 0
  let floor = 0
  return {
    current: () => counter,
    advance: (owner) => {
      counter++
      revokedAt.delete(owner)
      revokedAt.set(owner, counter)
      if (revokedAt.size <= maximumOwners) return
      const oldest = revokedAt.entries().next()
      if (oldest.done) return
      floor = oldest.value[1]
      revokedAt.delete(oldest.value[0])
    },
    hasPassed: (owner, generation) => generation < (revokedAt.get(owner) ?? floor)
  }
}
