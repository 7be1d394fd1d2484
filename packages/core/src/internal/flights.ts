import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { MonotonicMillis } from "../MonotonicClock.ts"
import { BrokerClosed, TokenError, Unavailable } from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import { about } from "./about.ts"
import * as Deadlines from "./deadlines.ts"
import * as Launcher from "./launcher.ts"

/** One fetch under way, shared by all who need its result. */
export interface Flight<A> {
  readonly key: TokenKey
  readonly result: Deferred.Deferred<A, TokenError>
  /** Begun ahead of time, for nobody in particular. */
  readonly ahead: boolean
  /** Milliseconds of life for which a token that is found must do; `Infinity`: only a new one will. */
  readonly need: number
  /** Monotonic milliseconds at which it is given up. */
  readonly until: number
  /** Somebody waits for it. */
  urgent: boolean
  /** Set when the owner was revoked after the flight began: its token must not be used. */
  overtaken: boolean
  landed: boolean
  /** Once it has been launched, and unless it landed at once. */
  fiber: Fiber.Fiber<A, TokenError> | undefined
}

export type Work<A> = (flight: Flight<A>) => Effect.Effect<A, TokenError>

export interface Flights<A> {
  /** Joins the flight of a key, or starts one; waits for its result. */
  readonly join: (key: TokenKey, work: Work<A>, need: number) => Effect.Effect<A, TokenError>
  /**
   * The same for one whom the last flight could not serve: joins only what needs as much, or else comes next, before
   * all who need less. They may be so many that there is always another of theirs under way.
   */
  readonly joinNext: (key: TokenKey, work: Work<A>, need: number) => Effect.Effect<A, TokenError>
  /** Starts a flight for nobody in particular, unless there is one. */
  readonly startAhead: (key: TokenKey, work: Work<A>) => void
  /** Waits until those have landed that are under way now, however they end. */
  readonly landed: Effect.Effect<void>
  readonly under: (key: TokenKey) => Flight<A> | undefined
  /** Tells every flight of an owner that it has been overtaken by a revocation. */
  readonly overtake: (owner: string) => void
}

export interface FlightsOptions<A> {
  readonly scope: Scope.Scope
  readonly now: MonotonicMillis
  /** Flights at once. */
  readonly maximum: number
  /** Milliseconds for one flight. */
  readonly deadline: number
  /** Somebody has come to wait for a flight that was begun ahead of time. */
  readonly onUrgent: (key: TokenKey) => void
  /** Told before those who wait are. */
  readonly onFailure: (flight: Flight<A>, error: TokenError) => Effect.Effect<unknown>
}

/** A flight that begins when the one before it has landed. */
interface Next<A> extends Pick<Flight<A>, "need" | "result"> {
  readonly work: Work<A>
}

/** Flights belong to the scope, not to their first caller. */
export const make = Effect.fnUntraced(function* <A>(
  options: FlightsOptions<A>
): Effect.fn.Return<Flights<A>> {
  const table = new Table(options)
  table.launcher = yield* Launcher.make(options.scope, () => table.close())
  return table
})

class Table<A> implements Flights<A> {
  launcher: Launcher.Launcher = () => undefined
  readonly #options: FlightsOptions<A>
  readonly #flights = new Map<string, Flight<A>>()
  readonly #next = new Map<string, Next<A>>()
  readonly #deadlines: Deadlines.Deadlines<Flight<A>>
  #closed = false

  constructor(options: FlightsOptions<A>) {
    this.#options = options
    this.#deadlines = Deadlines.make({ ...options, giveUp: (flight) => this.#giveUp(flight) })
  }

  join(key: TokenKey, work: Work<A>, need: number): Effect.Effect<A, TokenError> {
    return Effect.suspend(() => {
      const under = this.#flights.get(key.text)
      if (under !== undefined) {
        this.#hurry(under)
        return Deferred.await(under.result)
      }
      if (this.#closed) return closedError(key)
      if (this.#isFull()) return unavailable(key, "overloaded")
      return Deferred.await(this.#start(key, false, { work, need }).result)
    })
  }

  joinNext(key: TokenKey, work: Work<A>, need: number): Effect.Effect<A, TokenError> {
    return Effect.suspend(() => {
      const under = this.#flights.get(key.text)
      if (under === undefined || under.need >= need) return this.join(key, work, need)
      this.#hurry(under)
      const next = this.#next.get(key.text)
      const result = next?.result ?? Deferred.makeUnsafe<A, TokenError>()
      if (next === undefined || next.need < need) this.#next.set(key.text, { work, need, result })
      return Deferred.await(result)
    })
  }

  startAhead(key: TokenKey, work: Work<A>): void {
    if (!this.#closed && !this.#isFull() && !this.#flights.has(key.text)) {
      this.#start(key, true, { work, need: 0 })
    }
  }

  readonly landed = Effect.suspend(() =>
    Effect.forEach(
      [...this.#flights.values()],
      ({ result }) => Effect.exit(Deferred.await(result)),
      {
        discard: true
      }
    )
  )

  under(key: TokenKey): Flight<A> | undefined {
    return this.#flights.get(key.text)
  }

  overtake(owner: string): void {
    for (const flight of this.#flights.values()) {
      if (flight.key.owner === owner) flight.overtaken = true
    }
  }

  close(): void {
    this.#closed = true
    for (const flight of this.#flights.values()) this.#settle(flight, closedError(flight.key))
  }

  #isFull(): boolean {
    return this.#flights.size >= this.#options.maximum
  }

  /** Somebody waits for it. */
  #hurry(flight: Flight<A>): void {
    if (flight.urgent) return
    flight.urgent = true
    this.#options.onUrgent(flight.key)
  }

  #start(
    key: TokenKey,
    ahead: boolean,
    {
      need,
      result = Deferred.makeUnsafe<A, TokenError>(),
      work
    }: Omit<Next<A>, "result"> & Partial<Next<A>>
  ): Flight<A> {
    const flight: Flight<A> = {
      key,
      result,
      ahead,
      need,
      until: this.#options.now() + this.#options.deadline,
      urgent: !ahead,
      overtaken: false,
      landed: false,
      fiber: undefined
    }
    this.#flights.set(key.text, flight)
    this.launcher(this.#launch(flight, work))
    return flight
  }

  #launch(flight: Flight<A>, work: Work<A>): Effect.Effect<void> {
    const flying = Effect.onExit(work(flight), (exit) => this.#land(flight, exit))
    return Effect.flatMap(
      Effect.forkIn(flying, this.#options.scope, { startImmediately: true }),
      (fiber) => {
        if (flight.landed) return Effect.void
        flight.fiber = fiber
        return this.#deadlines.watch(flight)
      }
    )
  }

  #land(flight: Flight<A>, exit: Exit.Exit<A, TokenError>): Effect.Effect<unknown> {
    // It was given up, or all were closed.
    if (flight.landed) return Effect.void
    const error = Exit.isFailure(exit) ? Cause.findErrorOption(exit.cause) : Option.none()
    const told = Option.isSome(error) ? this.#options.onFailure(flight, error.value) : Effect.void
    const result = isInterrupted(exit) ? closedError(flight.key) : exit
    return Effect.andThen(
      told,
      Effect.sync(() => this.#settle(flight, result))
    )
  }

  /** Its callers are answered at once, however long its fiber takes to end. */
  #giveUp(flight: Flight<A>): Effect.Effect<unknown> {
    return Effect.andThen(
      this.#land(flight, unavailable(flight.key, "timeout")),
      Effect.sync(() => flight.fiber?.interruptUnsafe())
    )
  }

  #settle(flight: Flight<A>, exit: Exit.Exit<A, TokenError>): void {
    flight.landed = true
    if (this.#flights.get(flight.key.text) === flight) this.#flights.delete(flight.key.text)
    this.#deadlines.forget(flight)
    // Before anybody hears of this one, and asks again.
    this.#startNext(flight.key)
    Deferred.doneUnsafe(flight.result, exit)
  }

  #startNext(key: TokenKey): void {
    const next = this.#next.get(key.text)
    if (next === undefined) return
    this.#next.delete(key.text)
    if (this.#closed) Deferred.doneUnsafe(next.result, closedError(key))
    else this.#start(key, false, next)
  }
}

const isInterrupted = (exit: Exit.Exit<unknown, unknown>): boolean =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)

const closedError = (key: TokenKey): Exit.Exit<never, TokenError> =>
  Exit.fail(new TokenError({ reason: new BrokerClosed(about(key)) }))

const unavailable = (
  key: TokenKey,
  problem: Unavailable["problem"]
): Exit.Exit<never, TokenError> =>
  Exit.fail(new TokenError({ reason: new Unavailable({ ...about(key), problem }) }))
