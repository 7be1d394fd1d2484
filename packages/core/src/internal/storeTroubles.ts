import * as Effect from "effect/Effect"
import type { StoreTrouble } from "../BrokerEvent.ts"
import type { Announcer } from "./announcer.ts"
import type { MonotonicMillis } from "../MonotonicClock.ts"

/** What the store did to us: announced, and the last of it kept for `explain`. */
export interface StoreTroubles {
  readonly note: (
    operation: StoreTrouble["operation"],
    problem: StoreTrouble["problem"],
    organisation: string | undefined
  ) => Effect.Effect<void>
  readonly last: () => Trouble | undefined
}

export interface Trouble extends Pick<StoreTrouble, "operation" | "problem"> {
  /** Monotonic milliseconds. */
  readonly at: number
}

export const make = (now: MonotonicMillis, announcer: Announcer): StoreTroubles => {
  let last: Trouble | undefined
  return {
    note: (operation, problem, organisation) =>
      Effect.suspend(() => {
        last = { operation, problem, at: now() }
        return announcer.announce({ _tag: "StoreTrouble", organisation, operation, problem })
      }),
    last: () => last
  }
}
