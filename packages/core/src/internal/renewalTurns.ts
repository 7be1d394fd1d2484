import * as Effect from "effect/Effect"

/**
 * Renewals ahead of time take turns, in the order in which they were due: their tokens live a while yet. A process
 * that cannot keep up renews a little later, where hundreds at once would hold leases, and make every other process
 * look again and again for what none of them gets done.
 */
export interface RenewalTurns {
  /** Runs an effect once there is a place for it, or somebody waits for its result. */
  readonly inTurn: <A, E>(
    renewal: { readonly key: string; readonly isUrgent: () => boolean },
    work: Effect.Effect<A, E>
  ) => Effect.Effect<A, E>
  /** A caller has come to wait for a renewal: it begins now, beyond all places. */
  readonly promote: (key: string) => void
  readonly waiting: () => number
}

/** At most `places` renewals at a time that began while nobody waited for them. */
export const make = (places: number): RenewalTurns => {
  const waiting = new Map<string, () => void>()
  let taken = 0

  const promote = (key: string): void => {
    const begin = waiting.get(key)
    if (begin === undefined) return
    waiting.delete(key)
    taken++
    begin()
  }

  const release = (): void => {
    taken--
    const [next] = waiting.keys()
    if (next !== undefined && taken < places) promote(next)
  }

  const freed = (): Effect.Effect<void> => {
    release()
    return Effect.void
  }

  /** Interrupted with the place in hand, it gives it back. */
  const enter = (key: string): Effect.Effect<void> =>
    Effect.suspend(() => {
      let begun = false
      const leave = Effect.sync(() => {
        if (begun) release()
        else waiting.delete(key)
      })
      return Effect.onInterrupt(
        Effect.callback<void>((resume) => {
          waiting.set(key, () => {
            begun = true
            resume(Effect.void)
          })
        }),
        () => leave
      )
    })

  return {
    inTurn: ({ isUrgent, key }, work) =>
      Effect.uninterruptibleMask((restore) => {
        if (isUrgent()) return restore(work)
        const running = Effect.onExit(restore(work), freed)
        if (taken >= places) return Effect.andThen(restore(enter(key)), running)
        taken++
        return running
      }),
    promote,
    waiting: () => waiting.size
  }
}
