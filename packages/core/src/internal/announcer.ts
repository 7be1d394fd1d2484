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

export const make: Effect.Effect<Announcer> = Effect.map(
  PubSub.sliding<BrokerEvent>(backlog),
  (pubsub) => ({
    announce: (event) =>
      Effect.andThen(
        Effect.andThen(
          Metric.update(Metric.withAttributes(events, { event: event._tag }), 1),
          event._tag === "Refused"
            ? Metric.update(Metric.withAttributes(failures, { code: event.error.code }), 1)
            : Effect.void
        ),
        PubSub.publish(pubsub, event)
      ),
    events: Stream.fromPubSub(pubsub)
  })
)
