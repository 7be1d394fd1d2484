/** An answer on stdout: as it came for programs, indented for people. */
import { TokenError, Unavailable } from "@onbehalf/core/TokenError"
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { waiting } from "../output/progress.ts"
import { UnsuccessfulAnswer } from "../UnsuccessfulAnswer.ts"
import { UsageError } from "../UsageError.ts"
import { json } from "../output/json.ts"
import { print, printStream } from "../output/print.ts"
import { printableLines } from "../output/printable.ts"

/** The longest silence in the middle of a body. */
const patience = "30 seconds"

/** What was asked, for whom. */
export type Call = Pick<UnsuccessfulAnswer, "method" | "path" | "organisation">

/** Fails where it was not answered with 2xx. */
export const checkSuccess = (
  { status }: HttpClientResponse.HttpClientResponse,
  { method, organisation, path }: Call
): Effect.Effect<void, UnsuccessfulAnswer> =>
  status >= 200 && status <= 299
    ? Effect.void
    : Effect.fail(new UnsuccessfulAnswer({ method, path, organisation, status }))

/** Prints the body; with `include`, the status and the headers before it. */
export const printAnswer = Effect.fnUntraced(function* (
  answer: HttpClientResponse.HttpClientResponse,
  call: Call,
  include: boolean
) {
  const stdio = yield* Stdio.Stdio
  const forPeople = yield* stdio.stdoutIsTerminal
  if (include) yield* print(forPeople ? printableLines(head(answer)) : head(answer))
  const body = bodyOf(answer, call)
  if (!forPeople) return yield* printStream(body)
  const text = yield* Stream.mkString(Stream.decodeText(body)).pipe(waiting("reading the answer"))
  yield* print(pretty(text))
})

/** As HTTP/1.1 has it, which is what Node's fetch speaks. */
const head = ({ headers, status }: HttpClientResponse.HttpClientResponse): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`)
  return `HTTP/1.1 ${status}\n${lines.join("")}\n`
}

const bodyOf = (
  answer: HttpClientResponse.HttpClientResponse,
  { organisation }: Call
): Stream.Stream<Uint8Array, TokenError> => {
  const broken = (problem: Unavailable["problem"]) =>
    new TokenError({ reason: new Unavailable({ organisation, status: answer.status, problem }) })
  return answer.stream.pipe(
    Stream.catch((error: HttpClientError.HttpClientError) =>
      error.reason._tag === "EmptyBodyError" ? Stream.empty : Stream.fail(broken("transfer"))
    ),
    Stream.timeoutOrElse({ duration: patience, orElse: () => Stream.fail(broken("timeout")) })
  )
}

/** What is kept of one answer, at most. */
const longest = 16 * 1024 * 1024

/** The body as text, for what is not handed on as it comes. */
export const textOf = (
  answer: HttpClientResponse.HttpClientResponse,
  call: Call
): Effect.Effect<string, TokenError | UsageError> => {
  let length = 0
  return bodyOf(answer, call).pipe(
    Stream.tap((chunk) => ((length += chunk.length) > longest ? tooLong : Effect.void)),
    Stream.decodeText,
    Stream.mkString
  )
}

const tooLong = new UsageError({
  message: "a page is longer than 16 MiB: ask for smaller ones with --field pagesize=20"
})

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

const pretty = (text: string): string =>
  printableLines(
    Option.match(decodeJson(text), {
      onNone: () => (text === "" || text.endsWith("\n") ? text : `${text}\n`),
      onSome: json
    })
  )
