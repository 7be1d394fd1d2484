import { type StoreChange, StoreError } from "@onbehalf/core/TokenStore"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"

/**
 * Tells every listener what changed. One that falls too far behind is cut off, so that nothing piles up and
 * nobody misses anything unknowing.
 */
export interface Feed {
  readonly tell: (change: StoreChange) => void
  readonly changes: Stream.Stream<StoreChange, StoreError>
}

/** @param backlog changes that may wait for one listener */
export const make = (backlog: number): Feed => {
  const listeners = new Set<Queue.Queue<StoreChange, StoreError>>()

  const tell = (listener: Queue.Queue<StoreChange, StoreError>, change: StoreChange): void => {
    if (Queue.offerUnsafe(listener, change)) return
    listeners.delete(listener)
    Queue.failCauseUnsafe(listener, Cause.fail(behind))
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
