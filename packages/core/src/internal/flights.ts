import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { BrokerClosed, TokenError, Unavailable } from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import { about } from "./about.ts"

/** One fetch under way, shared by all who need its result. */
export interface Flight<A> {
  readonly key: TokenKey
  readonly result: Deferred.Deferred<A, TokenError>
  /** Begun ahead of time, for nobody in particular. */
  readonly ahead: boolean
  /** Somebody waits for it. */
  urgent: boolean
  /** Set when the owner was revoked after the flight began: its token must not be used. */
  overtaken: boolean
}

export type Work<A> = (flight: Flight<A>) => Effect.Effect<A, TokenError>

export interface Flights<A> {
  /** Joins the flight of a key, or starts one; waits for its result. */
  readonly join: (key: TokenKey, work: Work<A>) => Effect.Effect<A, TokenError>
  /** Starts a flight for nobody in particular, unless there is one. */
  readonly startAhead: (key: TokenKey, work: Work<A>) => void
  readonly under: (key: TokenKey) => Flight<A> | undefined
  /** Tells every flight of an owner that it has been overtaken by a revocation. */
  readonly overtake: (owner: string) => void
}

export interface FlightsOptions {
  readonly scope: Scope.Scope
  /** Flights at once. */
  readonly maximum: number
  /** Somebody has come to wait for a flight that was begun ahead of time. */
  readonly onUrgent: (key: TokenKey) => void
}

/**
 * Flights belong to the scope in which this was made. A launcher fiber of that scope starts them, so that
 * they inherit its context and its async context, and nothing of the caller who happened to come first.
 */
export const make = Effect.fnUntraced(function* <A>({
  maximum,
  onUrgent,
  scope
}: FlightsOptions): Effect.fn.Return<Flights<A>> {
  const flights = new Map<string, Flight<A>>()
  const launcher = yield* Queue.unbounded<Effect.Effect<void>>()
  let closed = false

  const settle = (flight: Flight<A>, exit: Exit.Exit<A, TokenError>): void => {
    if (flights.get(flight.key.text) === flight) flights.delete(flight.key.text)
    Deferred.doneUnsafe(flight.result, exit)
  }

  const start = (key: TokenKey, ahead: boolean, work: Work<A>): Flight<A> => {
    const result = Deferred.makeUnsafe<A, TokenError>()
    const flight: Flight<A> = { key, result, ahead, urgent: !ahead, overtaken: false }
    flights.set(key.text, flight)
    const run = Effect.onExit(work(flight), (exit) =>
      Effect.sync(() => settle(flight, isInterrupted(exit) ? closedError(key) : exit))
    )
    Queue.offerUnsafe(launcher, Effect.exit(run))
    return flight
  }

  yield* Queue.take(launcher).pipe(
    Effect.flatMap((work) => Effect.forkIn(work, scope, { startImmediately: true })),
    Effect.forever,
    Effect.ensuring(
      Effect.sync(() => {
        closed = true
        for (const flight of flights.values()) settle(flight, closedError(flight.key))
      })
    ),
    Effect.forkIn(scope, { startImmediately: true })
  )

  return {
    join: (key, work) =>
      Effect.suspend(() => {
        const under = flights.get(key.text)
        if (under !== undefined) {
          if (!under.urgent) {
            under.urgent = true
            onUrgent(key)
          }
          return Deferred.await(under.result)
        }
        if (closed) return closedError(key)
        if (flights.size >= maximum) return overloadedError(key)
        return Deferred.await(start(key, false, work).result)
      }),
    startAhead: (key, work) => {
      if (!closed && flights.size < maximum && !flights.has(key.text)) start(key, true, work)
    },
    under: (key) => flights.get(key.text),
    overtake: (owner) => {
      for (const flight of flights.values()) {
        if (flight.key.owner === owner) flight.overtaken = true
      }
    }
  }
})

const isInterrupted = (exit: Exit.Exit<unknown, unknown>): boolean =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)

const closedError = (key: TokenKey): Exit.Exit<never, TokenError> =>
  Exit.fail(new TokenError({ reason: new BrokerClosed(about(key)) }))

const overloadedError = (key: TokenKey): Exit.Exit<never, TokenError> =>
  Exit.fail(new TokenError({ reason: new Unavailable({ ...about(key), problem: "overloaded" }) }))
