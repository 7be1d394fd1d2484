import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
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

/** A 2xx answer of the promised status and shape, or `MalformedAnswer`. */
export const decodeAnswer = <A>(
  schema: Schema.ConstraintDecoder<A, never>,
  status: number,
  answer: Answer,
  asked: Asked
): Judged<A> => {
  const malformed = (problem: string) => Result.fail(malformedAnswer(answer, asked, problem))
  if (answer.status !== status) return malformed(`status ${answer.status} instead of ${status}`)
  if (answer.body === undefined) return malformed(`larger than ${maximumAnswerBytes} bytes`)
  const body = json(answer)
  if (Option.isNone(body)) return malformed("not JSON")
  const decoded = Schema.decodeUnknownOption(schema)(body.value)
  return Option.isSome(decoded)
    ? Result.succeed(decoded.value)
    : malformed("not of the documented shape")
}

export const malformedAnswer = (answer: Answer, asked: Asked, problem: string): TokenErrorReason =>
  new MalformedAnswer({ ...about(asked), status: answer.status, problem })
