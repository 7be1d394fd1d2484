import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { TokenKey } from "../TokenKey.ts"
import { BrokerClosed, TokenError, Unavailable } from "../TokenError.ts"

/** One fetch under way, shared by all who need its result. */
export interface Flight<A> {
  readonly key: TokenKey
  readonly result: Deferred.Deferred<A, TokenError>
  /** Set when the owner was revoked after the flight began: its token must not be used. */
  overtaken: boolean
}

export interface Flights<A> {
  /** Joins the flight of a key, or starts one; waits for its result. */
  readonly join: (
    key: TokenKey,
    work: (flight: Flight<A>) => Effect.Effect<A, TokenError>
  ) => Effect.Effect<A, TokenError>
  /** Tells every flight of an owner that it has been overtaken by a revocation. */
  readonly overtake: (owner: string) => void
}

/**
 * Flights belong to the scope in which this was made. A launcher fiber of that scope starts them, so that
 * they inherit its context and its async context, and nothing of the caller who happened to come first.
 */
export const make = Effect.fnUntraced(function* <A>(
  scope: Scope.Scope,
  maximum: number
): Effect.fn.Return<Flights<A>> {
  const flights = new Map<string, Flight<A>>()
  const launcher = yield* Queue.unbounded<Effect.Effect<void>>()
  let closed = false

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

  const settle = (flight: Flight<A>, exit: Exit.Exit<A, TokenError>): void => {
    if (flights.get(flight.key.text) === flight) flights.delete(flight.key.text)
    Deferred.doneUnsafe(flight.result, exit)
  }

  const start = (
    key: TokenKey,
    work: (flight: Flight<A>) => Effect.Effect<A, TokenError>
  ): Flight<A> => {
    const flight: Flight<A> = { key, result: Deferred.makeUnsafe(), overtaken: false }
    flights.set(key.text, flight)
    const run = Effect.onExit(work(flight), (exit) =>
      Effect.sync(() => settle(flight, interrupted(exit) ? closedError(key) : exit))
    )
    Queue.offerUnsafe(launcher, Effect.exit(run))
    return flight
  }

  return {
    join: (key, work) =>
      Effect.suspend(() => {
        const under = flights.get(key.text)
        if (under !== undefined) return Deferred.await(under.result)
        if (closed) return closedError(key)
        if (flights.size >= maximum) return overloadedError(key)
        return Deferred.await(start(key, work).result)
      }),
    overtake: (owner) => {
      for (const flight of flights.values()) {
        if (flight.key.owner === owner) flight.overtaken = true
      }
    }
  }
})

const interrupted = (exit: Exit.Exit<unknown, unknown>): boolean =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)

const organisation = (key: TokenKey) =>
  key.organisation === undefined ? {} : { organisation: key.organisation }

const closedError = (key: TokenKey): Exit.Exit<never, TokenError> =>
  Exit.fail(new TokenError({ reason: new BrokerClosed(organisation(key)) }))

const overloadedError = (key: TokenKey): Exit.Exit<never, TokenError> =>
  Exit.fail(
    new TokenError({ reason: new Unavailable({ ...organisation(key), problem: "overloaded" }) })
  )
