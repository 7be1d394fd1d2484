import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import type { MonotonicMillis } from "../MonotonicClock.ts"
import { RateLimited, TokenError } from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import { about } from "./about.ts"
import * as FairQueue from "./fairQueue.ts"
import * as KeyCircuit from "./keyCircuit.ts"
import * as RateGate from "./rateGate.ts"
import * as Refusals from "./refusals.ts"
import * as RetryBudget from "./retryBudget.ts"

/**
 * What stands between the flights of this process and the upstream, so that trouble with one answer is not
 * met by many more requests (design, section 6).
 */
export interface Admission {
  /**
   * Sends when it may: not while the upstream has asked all of this account to wait, not with an API key that
   * was just refused, not for what was just refused to this organisation; in turn, and few at a time.
   */
  readonly admit: <A>(
    key: TokenKey,
    isUrgent: () => boolean,
    request: Effect.Effect<A, TokenError>
  ) => Effect.Effect<A, TokenError>
  /**
   * The same for a revocation: it waits at the gate and takes its turn, but what was refused to token requests does
   * not stand in its way.
   */
  readonly admitRevocation: <A>(
    owner: string,
    request: Effect.Effect<A, TokenError>
  ) => Effect.Effect<A, TokenError>
  /** A caller has come to wait for a renewal. */
  readonly promote: (key: TokenKey) => void
  /** Takes one retry from the budget, if there is one left. */
  readonly takeRetry: () => boolean
  /** For `explain`. */
  readonly state: (key: TokenKey) => AdmissionState
}

/** Milliseconds each; 0: not so. */
export interface AdmissionState {
  readonly rateLimitedFor: number
  readonly apiKeyRefusedFor: number
  readonly refusalRememberedFor: number
  /** Requests that wait for their turn. */
  readonly waiting: number
}

export interface AdmissionOptions {
  readonly now: MonotonicMillis
  /** Requests at a time. */
  readonly concurrency: number
  /** The longest wait that a request sits out, in milliseconds. */
  readonly maximumWait: number
}

const maximumRefusals = 10_000

export const make = ({ concurrency, maximumWait, now }: AdmissionOptions): Admission => {
  const queue = FairQueue.make(concurrency)
  const gate = RateGate.make(now, maximumWait)
  const circuit = KeyCircuit.make(now)
  const refusals = Refusals.make(now, maximumRefusals)
  const budget = RetryBudget.make()
  let revocations = 0

  /** Fails at once where sending would be in vain; waits for the gate, and looks at everything again after that. */
  const whenReady = <A>(
    lesson: Lesson,
    restore: FairQueue.Restore,
    then: () => Effect.Effect<A, TokenError>
  ): Effect.Effect<A, TokenError> =>
    Effect.suspend(() => {
      const refused = circuit.refuses() ?? lesson.refused()
      if (refused !== undefined) return Effect.fail(refused)
      return gate.closedFor() === 0
        ? then()
        : Effect.andThen(
            Effect.mapError(restore(gate.wait), (wait) => rateLimited(lesson.organisation, wait)),
            whenReady(lesson, restore, then)
          )
    })

  const send = sending(gate, circuit)

  const inTurn = <A>(
    lesson: Lesson,
    asker: () => FairQueue.Asker,
    request: Effect.Effect<A, TokenError>
  ): Effect.Effect<A, TokenError> =>
    whenReady(lesson, identity, () =>
      // Named only now: a caller may have come while it waited at the gate.
      queue.withPlace(asker(), (restore, hasWaited) => {
        const now = () => send(lesson, restore(request))
        // Asked again: much may have happened while this one stood in the queue.
        return hasWaited ? whenReady(lesson, restore, now) : now()
      })
    )

  return {
    admit: (key, isUrgent, request) => {
      const asker = () => {
        budget.earn()
        return { key: key.text, owner: key.owner, urgent: isUrgent() }
      }
      return inTurn(lessonOf(refusals, key), asker, request)
    },
    admitRevocation: (owner, request) =>
      inTurn(
        noLesson,
        () => ({ key: `revocation ${++revocations}`, owner, urgent: true }),
        request
      ),
    promote: (key) => queue.promote(key.text),
    takeRetry: budget.take,
    state: (key) => ({
      rateLimitedFor: gate.closedFor(),
      apiKeyRefusedFor: circuit.openFor(),
      refusalRememberedFor: refusals.rememberedFor(key),
      waiting: queue.waiting()
    })
  }
}

/** Uninterruptible, but for the request: a probe that began is one that ends. */
const sending =
  (gate: RateGate.RateGate, circuit: KeyCircuit.KeyCircuit) =>
  <A>(lesson: Lesson, request: Effect.Effect<A, TokenError>): Effect.Effect<A, TokenError> => {
    const probe = circuit.beginProbe()
    return Effect.onExit(request, (exit) => {
      const error = Exit.isSuccess(exit) ? Option.none() : Cause.findErrorOption(exit.cause)
      if (Exit.isSuccess(exit)) {
        circuit.close()
        gate.sent()
      } else if (Option.isSome(error)) {
        const { reason } = error.value
        if (reason._tag === "InvalidApiKey") circuit.open(error.value)
        if (reason._tag === "RateLimited") gate.close(reason)
      }
      lesson.learn(Option.getOrUndefined(error))
      if (probe) circuit.endProbe()
      return Effect.void
    })
  }

/** What one answer teaches about the next of its kind. */
interface Lesson {
  readonly organisation: string | undefined
  readonly refused: () => TokenError | undefined
  /** `undefined`: it succeeded, or it was given up. */
  readonly learn: (error: TokenError | undefined) => void
}

const noLesson: Lesson = {
  organisation: undefined,
  refused: () => undefined,
  learn: () => undefined
}

/** A 403 and a 404 are remembered. */
const lessonOf = (refusals: Refusals.Refusals, key: TokenKey): Lesson => ({
  organisation: key.organisation,
  refused: () => refusals.find(key),
  learn: (error) => {
    const tag = error?.reason._tag
    if (error === undefined) refusals.forget(key)
    else if (tag === "OrganisationUnknown" || tag === "Forbidden") refusals.remember(key, error)
  }
})

const rateLimited = (organisation: string | undefined, wait: number): TokenError =>
  new TokenError({
    reason: new RateLimited({
      ...about({ organisation }),
      retryAfter: Math.ceil(wait)
    })
  })
