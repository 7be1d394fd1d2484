import * as Option from "effect/Option"
import type * as Result from "effect/Result"
import { MalformedAnswer, type TokenErrorReason } from "../TokenError.ts"
import { about } from "./about.ts"

/** An HTTP answer as plain data, so that it can be judged without a network. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** At most {@link maximumAnswerBytes} decoded bytes; `undefined` where there was more. */
  readonly body: string | undefined
}

/** What an answer is judged against. */
export interface Asked {
  /** Whom the request was for; `undefined` for the partner itself. */
  readonly organisation: string | undefined
  /** Secrets that were in the request: an error text that quotes one is redacted. */
  readonly secrets: ReadonlyArray<string>
  /** The local wall clock, for a `Retry-After` that is a date. */
  readonly now: number
}

/** The largest answer that is read: 256 KiB after decoding (design, invariant 8). */
export const maximumAnswerBytes = 256 * 1024

export type Judged<A> = Result.Result<A, TokenErrorReason>

export const json = (answer: Answer): Option.Option<unknown> => {
  try {
    return Option.some(JSON.parse(answer.body ?? ""))
  } catch {
    return Option.none()
  }
}

export const malformedAnswer = (answer: Answer, asked: Asked, problem: string): TokenErrorReason =>
  new MalformedAnswer({ ...about(asked), status: answer.status, problem })
