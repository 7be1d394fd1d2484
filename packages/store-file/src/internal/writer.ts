import { StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Failure } from "./failure.ts"
import type { AnswerOf, Moment, Operation, RequestOf } from "./requests.ts"
import type { Letter, Thread } from "./thread.ts"

/** The side that writes, as fibers ask it. */
export interface Writer {
  readonly ask: <K extends Operation>(
    operation: K,
    request: RequestOf<K>
  ) => Effect.Effect<AnswerOf<K>, Failure>
}

/** Who does it: a thread, or the process itself. */
export type Hand = Pick<Thread, "send" | "terminate">

export const make = Effect.fnUntraced(function* (
  hand: Hand,
  now: () => Moment
): Effect.fn.Return<Writer, never, Scope.Scope> {
  let isClosed = false

  const send = <K extends Operation>(operation: K, request: RequestOf<K>) =>
    Effect.callback<AnswerOf<K>, Failure>((resume) => {
      const letter = { operation, request, at: now() } as Letter
      hand.send(letter, (outcome) =>
        resume(
          "failure" in outcome
            ? Effect.fail(outcome.failure)
            : Effect.succeed(outcome.answer as AnswerOf<K>)
        )
      )
    })

  const ask: Writer["ask"] = (operation, request) =>
    // Whoever is interrupted waits for the end of it: nothing is done behind somebody's back.
    Effect.uninterruptible(
      // It would be begun anew for who comes too late, and nobody would end it: the process would stay for ever.
      Effect.suspend(() => (isClosed ? Effect.fail(closed) : send(operation, request)))
    )

  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      isClosed = true
      return Effect.andThen(
        Effect.ignore(send("close", {})),
        Effect.promise(() => hand.terminate())
      )
    })
  )
  return { ask }
})

const closed: Failure = { kind: "trouble", problem: "the store is closed" }

export const storeError =
  (operation: StoreError["operation"]) =>
  ({ problem }: Failure): StoreError =>
    new StoreError({ operation, problem })
