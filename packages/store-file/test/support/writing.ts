import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { InProcess } from "../../src/internal/inProcess.ts"
import { momentOf } from "../../src/internal/moment.ts"
import type {
  AnswerOf,
  Message,
  Operation,
  RequestOf,
  NewRow
} from "../../src/internal/requests.ts"
import { uptime } from "../../src/internal/host.ts"
import * as Writer from "../../src/internal/writer.ts"
import * as Writing from "../../src/internal/writing.ts"

/** The writing side without its thread: one operation, one transaction. Throws the problem where it failed. */
export interface Direct {
  readonly ask: <K extends Operation>(operation: K, request: RequestOf<K>) => AnswerOf<K>
  readonly close: () => void
}

export const direct = (directory: string, wait = 2_000): Direct => {
  const writing = Writing.make(directory, wait)
  return {
    ask: (operation, request) => {
      const at = { wall: Date.now(), uptime: uptime() }
      const outcome = outcomeOf(writing, { operation, request, at } as Message)
      if ("failure" in outcome) throw new Error(outcome.failure.problem)
      return outcome.answer as AnswerOf<typeof operation>
    },
    close: writing.close
  }
}

/** A row of a token that is stored now. */
export const rowOf = (
  owner: string,
  id: string,
  record: Uint8Array,
  remaining = 600_000
): NewRow => ({
  owner,
  organisation: null,
  id,
  record,
  remaining,
  storedAt: { wall: Date.now(), uptime: uptime() }
})

const outcomeOf = (writing: Writing.Writing, message: Omit<Message, "number" | "until">) => {
  const until = Number.POSITIVE_INFINITY
  const [reply] = writing.answer([{ ...message, number: 1, until } as Message])
  if (reply === undefined) throw new Error("no reply")
  return reply.outcome
}

/** A writer without a thread. */
export const directWriter = (directory: string) =>
  Effect.flatMap(Clock.Clock, (clock) => Writer.make(new InProcess(directory), momentOf(clock)))
