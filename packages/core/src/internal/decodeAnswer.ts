import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  type Answer,
  type Asked,
  json,
  type Judged,
  malformedAnswer,
  maximumAnswerBytes
} from "./answer.ts"
import { judgeFailure } from "./judgeFailure.ts"

/** An answer of the promised status and shape; else the reason that its status or its shape gives. */
export const decodeAnswer = <A>(
  schema: Schema.ConstraintDecoder<A, never>,
  status: number,
  answer: Answer,
  asked: Asked
): Judged<A> => {
  if (answer.status < 200 || answer.status > 299) return Result.fail(judgeFailure(answer, asked))
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
