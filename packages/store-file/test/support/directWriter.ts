import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { momentOf } from "../../src/internal/moment.ts"
import type { AnswerOf, Message, Operation, RequestOf } from "../../src/internal/requests.ts"
import type { Writer } from "../../src/internal/writer.ts"
import * as Writing from "../../src/internal/writing.ts"
import { outcomeOf } from "./writing.ts"

/** A writer without a thread. */
export const directWriter = (directory: string) =>
  Effect.gen(function* () {
    const now = momentOf(yield* Clock.Clock)
    const writing = yield* Effect.acquireRelease(
      Effect.sync(() => Writing.make(directory, 1_000)),
      ({ close }) => Effect.sync(close)
    )
    const ask: Writer["ask"] = <K extends Operation>(operation: K, request: RequestOf<K>) =>
      Effect.suspend(() => {
        const outcome = outcomeOf(writing, { operation, request, at: now() } as Message)
        return "failure" in outcome
          ? Effect.fail(outcome.failure)
          : Effect.succeed(outcome.answer as AnswerOf<K>)
      })
    return { ask } satisfies Writer
  })
