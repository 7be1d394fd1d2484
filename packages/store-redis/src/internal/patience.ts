import { type MonotonicMillis, monotonicMillis } from "@onbehalf/core/MonotonicClock"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import { failureOf, type RedisFailure, timedOut } from "../RedisFailure.ts"

/** Waits for answers, but not for long. */
export interface Patience {
  /**
   * The answer, in time. While an answer is overdue, all else that goes the same way fails at once: whoever does
   * not answer one does not answer the next. For a while, that is: a client may have lost it for good.
   */
  readonly within: <A>(
    way: string,
    ask: () => Promise<A>,
    onSilence: () => void
  ) => Effect.Effect<A, RedisFailure>
}

interface Question {
  readonly began: number
  readonly giveUp: () => void
}

/** Milliseconds for which an overdue answer is waited for. */
const enduring = 10_000

/** Answers that are overdue, by the way that they should have come. */
interface Debts {
  readonly owe: (way: string, question: Question) => void
  readonly pay: (way: string, question: Question) => void
  readonly has: (way: string) => boolean
}

const makeDebts = (now: MonotonicMillis): Debts => {
  const ways = new Map<string, { readonly owed: Set<Question>; readonly until: number }>()
  return {
    owe: (way, question) => {
      const debt = ways.get(way) ?? { owed: new Set(), until: now() + enduring }
      debt.owed.add(question)
      ways.set(way, debt)
    },
    pay: (way, question) => {
      const debt = ways.get(way)
      if (debt?.owed.delete(question) && debt.owed.size === 0) ways.delete(way)
    },
    has: (way) => {
      const debt = ways.get(way)
      if (debt === undefined) return false
      if (now() < debt.until) return true
      ways.delete(way)
      return false
    }
  }
}

/** Looks at the clock until an answer is overdue. */
const enough = 5

/** Milliseconds that a subscription may take. */
export const toSubscribe = 1_000

/** A client may throw where it should reject, or give what is no promise. */
export const promised = <A>(ask: () => Promise<A>): Promise<A> =>
  new Promise((resolve) => resolve(ask()))

/**
 * One clock serves all questions, and it counts looks rather than milliseconds: when this process itself stood
 * still, the answers that came meanwhile are heard before anybody is given up.
 *
 * @param timeout milliseconds
 */
export const make = Effect.fnUntraced(function* (
  timeout: number
): Effect.fn.Return<Patience, never, Scope.Scope> {
  const open = new Set<Question>()
  const debts = makeDebts(monotonicMillis(yield* Clock.Clock))
  const awake = Latch.makeUnsafe(false)
  let looks = 0

  const look = (): void => {
    looks++
    for (const question of open) {
      if (looks - question.began < enough) break
      open.delete(question)
      question.giveUp()
    }
    if (open.size === 0) Latch.closeUnsafe(awake)
  }

  yield* Latch.await(awake).pipe(
    Effect.andThen(Effect.sleep(timeout / enough)),
    Effect.andThen(Effect.sync(look)),
    Effect.forever,
    Effect.forkScoped
  )

  return {
    within: <A>(way: string, ask: () => Promise<A>, onSilence: () => void) =>
      Effect.callback<A, RedisFailure>((resume) => {
        if (debts.has(way)) return resume(timedOut)
        const question: Question = {
          began: looks,
          giveUp: () => {
            debts.owe(way, question)
            resume(timedOut)
            onSilence()
          }
        }
        const answered = () => {
          if (!open.delete(question)) debts.pay(way, question)
        }
        open.add(question)
        Latch.openUnsafe(awake)
        promised(ask).then(
          (answer) => {
            answered()
            resume(Effect.succeed(answer))
          },
          (error: unknown) => {
            answered()
            resume(failureOf(error))
          }
        )
      })
  }
})
