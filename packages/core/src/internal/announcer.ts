import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import type { BrokerEvent } from "../BrokerEvent.ts"

/** Tells the world what the broker did: events for whoever listens, counters for whoever scrapes. */
export interface Announcer {
  readonly announce: (event: BrokerEvent) => Effect.Effect<unknown>
  readonly events: Stream.Stream<BrokerEvent>
}

/** Events kept for a listener that is slow; the oldest go first. */
const backlog = 1_024

/** Labels are a few fixed words; never a merchant. */
const eventCounter = (event: BrokerEvent["_tag"]) =>
  Metric.counter("onbehalf_broker_events", {
    description: "What the token broker did, by kind of event",
    attributes: { event },
    incremental: true
  })

const failureCounter = (code: string) =>
  Metric.counter("onbehalf_broker_failures", {
    description: "Failed fetches, by error code",
    attributes: { code },
    incremental: true
  })

/** One counter a label, made once: making one costs more than counting. */
const counting = <Label extends string>(
  counter: (label: Label) => Metric.Counter<number>,
  context: Context.Context<never>
): ((label: Label) => void) => {
  const made = new Map<Label, Metric.Counter<number>>()
  return (label) => {
    const known = made.get(label) ?? counter(label)
    made.set(label, known)
    known.updateUnsafe(1, context)
  }
}

export const make: Effect.Effect<Announcer> = Effect.gen(function* () {
  const pubsub = yield* PubSub.sliding<BrokerEvent>(backlog)
  const context = yield* Effect.context<never>()
  const countEvent = counting(eventCounter, context)
  const countFailure = counting(failureCounter, context)
  return {
    announce: (event) =>
      Effect.suspend(() => {
        countEvent(event._tag)
        if (event._tag === "Refused") countFailure(event.error.code)
        return PubSub.publish(pubsub, event)
      }),
    events: Stream.fromPubSub(pubsub)
  }
})
