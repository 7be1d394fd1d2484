/**
 * Tells every listener what changed, for stores that hear of changes one by one.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { type StoreChange, StoreError } from "./TokenStore.ts"

/**
 * One that falls too far behind is cut off, so that nothing piles up and nobody misses anything unknowing.
 *
 * @category models
 * @since 0.1.0
 */
export interface ChangeFeed {
  readonly tell: (change: StoreChange) => void
  /** Ends all who listen now: from here on something may be missed. */
  readonly cut: (error: StoreError) => void
  /** All that is told from now on, after `Connected`. Fails with `StoreError` where the listener is cut off. */
  readonly changes: Stream.Stream<StoreChange, StoreError>
}

/**
 * A feed in this process, whose listeners hear all that it is told. One that falls too far behind is cut off: its stream fails with `StoreError`.
 *
 * @param backlog changes that may wait for one listener
 * @category constructors
 * @since 0.1.0
 */
export const make = (backlog: number): ChangeFeed => {
  const listeners = new Set<Queue.Queue<StoreChange, StoreError>>()

  const end = (listener: Queue.Queue<StoreChange, StoreError>, error: StoreError): void => {
    listeners.delete(listener)
    Queue.failCauseUnsafe(listener, Cause.fail(error))
  }

  const tell = (listener: Queue.Queue<StoreChange, StoreError>, change: StoreChange): void => {
    if (!Queue.offerUnsafe(listener, change)) end(listener, behind)
  }

  const listen = Effect.map(Queue.dropping<StoreChange, StoreError>(backlog), (listener) => {
    // Said in the same step in which the listener is heard of, so that nothing falls in between.
    listeners.add(listener)
    tell(listener, { _tag: "Connected" })
    return listener
  })

  return {
    tell: (change) => {
      for (const listener of listeners) tell(listener, change)
    },
    cut: (error) => {
      for (const listener of listeners) end(listener, error)
    },
    changes: Stream.unwrap(
      Effect.map(
        Effect.acquireRelease(listen, (listener) => {
          listeners.delete(listener)
          return Queue.shutdown(listener)
        }),
        Stream.fromQueue
      )
    )
  }
}

const behind = new StoreError({
  operation: "changes",
  problem: "the listener fell too far behind"
})
