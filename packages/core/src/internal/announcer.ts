import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import type { BrokerEvent } from "../BrokerEvent.ts"

/** Tells the world what the broker did: events for whoever listens, counters for whoever scrapes. */
export interface Announcer {
  readonly announce: (event: BrokerEvent) => Effect.Effect<void>
  readonly events: Stream.Stream<BrokerEvent>
}

/** Events kept for a listener that is slow; the oldest go first. */
const backlog = 1_024

/** Labels are a few fixed words; never a merchant. */
const events = Metric.counter("onbehalf_broker_events", {
  description: "What the token broker did, by kind of event",
  incremental: true
})

const failures = Metric.counter("onbehalf_broker_failures", {
  description: "Failed fetches, by error code",
  incremental: true
})

/** One counter a label, made once: making one costs more than counting. */
const counters = <Label extends string>(
  metric: typeof events,
  name: string
): ((label: Label) => Effect.Effect<void>) => {
  const made = new Map<Label, Effect.Effect<void>>()
  return (label) => {
    const known = made.get(label)
    if (known !== undefined) return known
    const count = Metric.update(Metric.withAttributes(metric, { [name]: label }), 1)
    made.set(label, count)
    return count
  }
}

export const make: Effect.Effect<Announcer> = Effect.map(
  PubSub.sliding<BrokerEvent>(backlog),
  (pubsub) => {
    const countEvent = counters<BrokerEvent["_tag"]>(events, "event")
    const countFailure = counters(failures, "code")
    return {
      announce: (event) => {
        const counted = Effect.andThen(countEvent(event._tag), PubSub.publish(pubsub, event))
        return event._tag === "Refused"
          ? Effect.andThen(countFailure(event.error.code), counted)
          : counted
      },
      events: Stream.fromPubSub(pubsub)
    }
  }
)
