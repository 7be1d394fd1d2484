import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** Who asks for a place. */
export interface Asker {
  readonly key: string
  /** Owners take turns, so that one with many requests cannot starve the rest. */
  readonly owner: string
  /** Somebody waits for the result: goes before renewals ahead of time. */
  readonly urgent: boolean
}

export interface FairQueue {
  /**
   * Runs an effect once there is a place for it: uninterruptible, but for what it restores. `use` is called with
   * the place in hand, and learns whether it had to wait for it.
   */
  readonly withPlace: <A, E, R>(
    asker: Asker,
    use: (restore: Restore, hasWaited: boolean) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E, R>
  /** A caller has come to wait for what was not urgent so far. */
  readonly promote: (key: string) => void
  readonly waiting: () => number
}

export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

interface Waiter {
  readonly asker: Asker
  granted: boolean
  grant: () => void
}

/** At most `places` effects at a time. The queue is as long as there are flights, and those are bounded. */
export const make = (places: number): FairQueue => {
  const urgent = turns()
  const patient = turns()
  let free = places

  const release = (): void => {
    const next = urgent.shift() ?? patient.shift()
    if (next === undefined) {
      free++
      return
    }
    next.granted = true
    next.grant()
  }

  const freed = (): Effect.Effect<void> => {
    release()
    return Effect.void
  }

  /** Waits for a place. */
  const enter = (asker: Asker): Effect.Effect<void> =>
    Effect.suspend(() => {
      const waiter: Waiter = { asker, granted: false, grant: () => undefined }
      const leave = () => {
        if (waiter.granted) release()
        else if (!urgent.remove(waiter)) patient.remove(waiter)
      }
      return Effect.callback<void>((resume) => {
        waiter.grant = () => resume(Effect.void)
        ;(asker.urgent ? urgent : patient).push(waiter)
      }).pipe(Effect.onExit((exit) => (isInterrupted(exit) ? Effect.sync(leave) : Effect.void)))
    })

  return {
    withPlace: (asker, use) =>
      Effect.uninterruptibleMask((restore) => {
        if (free === 0) {
          return Effect.flatMap(restore(enter(asker)), () =>
            Effect.onExit(use(restore, true), freed)
          )
        }
        free--
        return Effect.onExit(use(restore, false), freed)
      }),
    promote: (key) => {
      const waiter = patient.take(key)
      if (waiter !== undefined) urgent.push(waiter)
    },
    waiting: () => urgent.size() + patient.size()
  }
}

const isInterrupted = (exit: Exit.Exit<unknown, unknown>): boolean =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)

/** Waiters of each owner in order, owners in turn. */
const turns = () => {
  const owners = new Map<string, Map<string, Waiter>>()
  let size = 0
  const remove = (waiter: Waiter): boolean => {
    const own = owners.get(waiter.asker.owner)
    if (own?.get(waiter.asker.key) !== waiter) return false
    own.delete(waiter.asker.key)
    size--
    if (own.size === 0) owners.delete(waiter.asker.owner)
    return true
  }
  return {
    push: (waiter: Waiter): void => {
      const own = owners.get(waiter.asker.owner)
      if (own === undefined) owners.set(waiter.asker.owner, new Map([[waiter.asker.key, waiter]]))
      else own.set(waiter.asker.key, waiter)
      size++
    },
    shift: (): Waiter | undefined => {
      for (const [owner, own] of owners) {
        for (const waiter of own.values()) {
          remove(waiter)
          // Behind all others for its next turn.
          if (owners.delete(owner)) owners.set(owner, own)
          return waiter
        }
      }
      return undefined
    },
    take: (key: string): Waiter | undefined => {
      for (const own of owners.values()) {
        const waiter = own.get(key)
        if (waiter !== undefined && remove(waiter)) return waiter
      }
      return undefined
    },
    remove,
    size: () => size
  }
}
