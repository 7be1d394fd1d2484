import { seeded } from "../../packages/core/test/support/random.ts"

/** All chance of a run, from one seed. */
export interface Dice {
  /** A whole number from 0 to `most`. */
  readonly upTo: (most: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <A>(things: ReadonlyArray<A>) => A
}

export const fromSeed = (seed: number): Dice => {
  const next = seeded(seed)
  return {
    upTo: (most) => next(Math.floor(most) + 1),
    chance: (probability) => next(1_000_000) < probability * 1_000_000,
    pick: <A>(things: ReadonlyArray<A>): A => {
      const thing = things[next(things.length)]
      if (thing === undefined) throw new Error("nothing to pick from")
      return thing
    }
  }
}
