/** Data, on stdout. Each write is waited for, so that nothing is lost when the process ends. */
import * as Effect from "effect/Effect"
import type { PlatformError } from "effect/PlatformError"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { isClosed, outputProblem } from "./outputProblem.ts"

/** Whoever read stdout is gone. */
export class OutputClosed extends Schema.TaggedError<OutputClosed>("@onbehalf/cli/OutputClosed")(
  "OutputClosed",
  {}
) {}

/** Stdout cannot be written to, for example because the disk is full. */
export class OutputFailed extends Schema.TaggedError<OutputFailed>("@onbehalf/cli/OutputFailed")(
  "OutputFailed",
  { code: Schema.String }
) {
  override get message(): string {
    return outputProblem(this.code)
  }
}

/** Writes a stream as it comes. */
export const printStream = <E, R>(
  stream: Stream.Stream<string | Uint8Array, E, R>
): Effect.Effect<void, E | OutputClosed | OutputFailed, R | Stdio.Stdio> =>
  Effect.gen(function* () {
    const stdio = yield* Stdio.Stdio
    yield* stream.pipe(
      // Kept apart from the platform's own errors, which mean stdout from here on.
      Stream.mapError((error) => new SourceFailed(error)),
      Stream.run(stdio.stdout()),
      Effect.mapError((error) => (error instanceof SourceFailed ? error.error : outputError(error)))
    )
  })

/** Writes one text. */
export const print = (
  text: string
): Effect.Effect<void, OutputClosed | OutputFailed, Stdio.Stdio> => printStream(Stream.make(text))

class SourceFailed<E> {
  readonly error: E
  constructor(error: E) {
    this.error = error
  }
}

const outputError = (error: PlatformError): OutputClosed | OutputFailed => {
  const code = Predicate.hasProperty(error.cause, "code") ? String(error.cause.code) : "unknown"
  return isClosed(code) ? new OutputClosed() : new OutputFailed({ code })
}
