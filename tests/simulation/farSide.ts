/** The way of one process to the shared store: it may be slow, cut, or lose its feed of changes. */
import { StoreError, type TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Dice } from "./dice.ts"

export interface Link {
  cut: boolean
  /** When it was last mended; virtual milliseconds. */
  mendedAt: number
  slow: boolean
  /** Takes what is sent, and never answers. */
  silent: boolean
  feedCut: boolean
  /** Owners whose revocation came through, in order. */
  readonly revoked: Array<string>
  /** Called when the link or its feed is cut: running subscriptions end with an error. */
  readonly subscriptions: Set<() => void>
}

export const newLink = (): Link => ({
  cut: false,
  mendedAt: 0,
  slow: false,
  silent: false,
  feedCut: false,
  revoked: [],
  subscriptions: new Set()
})

/** Ends the running subscriptions, where the link now says so. */
export const applyCut = (link: Link): void => {
  if (!link.cut && !link.feedCut) return
  for (const end of link.subscriptions) end()
}

export const farSideOf = (
  shared: TokenStore["Service"],
  link: Link,
  dice: Dice
): TokenStore["Service"] => {
  type Operation = StoreError["operation"]
  const over =
    (operation: Operation) =>
    <A, R>(effect: Effect.Effect<A, StoreError, R>): Effect.Effect<A, StoreError, R> =>
      Effect.suspend(() => {
        if (link.cut) return new StoreError({ operation, problem: "cut" })
        if (link.silent) return Effect.never
        const delay = () => Effect.sleep(link.slow ? dice.upTo(200) : dice.upTo(3))
        // It takes its time before it does it, and to say so.
        const whole = Effect.andThen(delay(), Effect.tap(effect, delay))
        // Half of those that are cut on the way have been done all the same.
        return Effect.flatMap(whole, (result) =>
          link.cut ? new StoreError({ operation, problem: "cut" }) : Effect.succeed(result)
        )
      })
  const lost = new StoreError({ operation: "changes", problem: "cut" })
  const untilCut: Stream.Stream<never, StoreError> = Stream.fromEffect(
    Effect.callback<never, StoreError>((resume) => {
      const end = () => resume(lost)
      if (link.cut || link.feedCut) return end()
      link.subscriptions.add(end)
      return Effect.sync(() => link.subscriptions.delete(end))
    })
  )
  return {
    peek: shared.peek,
    epoch: shared.epoch,
    get: (key) => over("get")(shared.get(key)),
    put: (stored, generation) => over("put")(shared.put(stored, generation)),
    remove: (key, id) => over("remove")(shared.remove(key, id)),
    revoke: (owner) =>
      Effect.tap(over("revoke")(shared.revoke(owner)), () =>
        Effect.sync(() => link.revoked.push(owner))
      ),
    lease: (key, atMost) => over("lease")(shared.lease(key, atMost)),
    changes: Stream.merge(shared.changes, untilCut),
    entries: over("entries")(shared.entries)
  }
}
