import * as Effect from "effect/Effect"
import { RateLimited, TokenError } from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import { about } from "./about.ts"
import * as FairQueue from "./fairQueue.ts"
import * as KeyCircuit from "./keyCircuit.ts"
import type { MonotonicMillis } from "./monotonic.ts"
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

  const learn = (key: TokenKey, error: TokenError): void => {
    const { reason } = error
    if (reason._tag === "InvalidApiKey") circuit.open(error)
    if (reason._tag === "RateLimited") gate.close(reason)
    if (reason._tag === "OrganisationUnknown" || reason._tag === "Forbidden") {
      refusals.remember(key, error)
    }
  }

  const succeeded = (key: TokenKey): void => {
    circuit.close()
    gate.sent()
    refusals.forget(key)
  }

  /** Fails at once where sending would be in vain. */
  const check = (key: TokenKey): Effect.Effect<void, TokenError> =>
    Effect.suspend(() => {
      const refused = circuit.refuses() ?? refusals.find(key)
      return refused === undefined ? Effect.void : Effect.fail(refused)
    })

  const send = <A>(key: TokenKey, request: Effect.Effect<A, TokenError>) =>
    Effect.suspend(() => {
      const probe = circuit.beginProbe()
      return request.pipe(
        Effect.tapError((error) => Effect.sync(() => learn(key, error))),
        Effect.tap(() => Effect.sync(() => succeeded(key))),
        Effect.ensuring(
          Effect.sync(() => {
            if (probe) circuit.endProbe()
          })
        )
      )
    })

  return {
    admit: (key, urgent, request) => {
      const passGate = Effect.mapError(gate.wait, (wait) => rateLimited(key, wait))
      const ready = Effect.andThen(check(key), passGate)
      // All of it again with the place in hand: much may have happened while this one stood in the queue.
      const inPlace = ready.pipe(Effect.andThen(check(key)), Effect.andThen(send(key, request)))
      return Effect.suspend(() => {
        budget.earn()
        const asker = { key: key.text, owner: key.owner, urgent }
        return Effect.andThen(ready, queue.withPlace(asker)(inPlace))
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

const rateLimited = (key: TokenKey, wait: number): TokenError =>
  new TokenError({
    reason: new RateLimited({
      ...about(key),
      retryAfter: Math.ceil(wait)
    })
  })
