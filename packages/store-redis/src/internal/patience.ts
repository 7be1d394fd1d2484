import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import { failureOf, type RedisFailure, timedOut } from "../RedisFailure.ts"

/** Waits for answers, but not for long. */
export interface Patience {
  /**
   * The answer, in time. While an answer is overdue, all else that goes the same way fails at once: whoever does
   * not answer one does not answer the next.
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
  const overdue = new Map<string, number>()
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

  const owe = (way: string, more: 1 | -1): void => {
    const owed = (overdue.get(way) ?? 0) + more
    if (owed === 0) overdue.delete(way)
    else overdue.set(way, owed)
  }

  return {
    within: <A>(way: string, ask: () => Promise<A>, onSilence: () => void) =>
      Effect.callback<A, RedisFailure>((resume) => {
        if (overdue.has(way)) return resume(timedOut)
        const question: Question = {
          began: looks,
          giveUp: () => {
            owe(way, 1)
            resume(timedOut)
            onSilence()
          }
        }
        const answered = () => {
          if (!open.delete(question)) owe(way, -1)
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
