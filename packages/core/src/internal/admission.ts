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
    urgent: boolean,
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
  const { learn, succeeded } = lessons(gate, circuit, refusals)

  /** Fails at once where sending would be in vain; waits for the gate, and looks at everything again after that. */
  const whenReady = <A>(
    key: TokenKey,
    restore: FairQueue.Restore,
    then: () => Effect.Effect<A, TokenError>
  ): Effect.Effect<A, TokenError> =>
    Effect.suspend(() => {
      const refused = circuit.refuses() ?? refusals.find(key)
      if (refused !== undefined) return Effect.fail(refused)
      return gate.closedFor() === 0
        ? then()
        : Effect.andThen(
            Effect.mapError(restore(gate.wait), (wait) => rateLimited(key, wait)),
            whenReady(key, restore, then)
          )
    })

  /** Uninterruptible, but for the request: a probe that began is one that ends. */
  const send = <A>(key: TokenKey, request: Effect.Effect<A, TokenError>) => {
    const probe = circuit.beginProbe()
    return Effect.onExit(request, (exit) => {
      if (Exit.isSuccess(exit)) succeeded(key)
      else Option.map(Cause.findErrorOption(exit.cause), (error) => learn(key, error))
      if (probe) circuit.endProbe()
      return Effect.void
    })
  }

  return {
    admit: (key, urgent, request) => {
      const asker = { key: key.text, owner: key.owner, urgent }
      const sending = queue.withPlace(asker, (restore, hasWaited) => {
        const now = () => send(key, restore(request))
        // Asked again: much may have happened while this one stood in the queue.
        return hasWaited ? whenReady(key, restore, now) : now()
      })
      return whenReady(key, identity, () => {
        budget.earn()
        return sending
      })
    },
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

/** What an answer teaches about those to come. */
const lessons = (
  gate: RateGate.RateGate,
  circuit: KeyCircuit.KeyCircuit,
  refusals: Refusals.Refusals
) => ({
  learn: (key: TokenKey, error: TokenError): void => {
    const { reason } = error
    if (reason._tag === "InvalidApiKey") circuit.open(error)
    if (reason._tag === "RateLimited") gate.close(reason)
    if (reason._tag === "OrganisationUnknown" || reason._tag === "Forbidden") {
      refusals.remember(key, error)
    }
  },
  succeeded: (key: TokenKey): void => {
    circuit.close()
    gate.sent()
    refusals.forget(key)
  }
})

const rateLimited = (key: TokenKey, wait: number): TokenError =>
  new TokenError({
    reason: new RateLimited({
      ...about(key),
      retryAfter: Math.ceil(wait)
    })
  })
