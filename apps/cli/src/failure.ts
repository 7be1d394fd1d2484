/** What a user is told when something fails: what happened, to whom, what to do. Never a stack trace. */
import { TokenError } from "@onbehalf/core/TokenError"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import { Ended } from "./Ended.ts"
import { NotFound } from "./NotFound.ts"
import { OutputClosed, OutputFailed } from "./output/print.ts"
import { StoreFailed } from "./StoreFailed.ts"
import { UnsuccessfulAnswer } from "./UnsuccessfulAnswer.ts"
import { UsageError } from "./UsageError.ts"

/** One line; nothing where nothing is left to say. */
export const describeFailure = (cause: Cause.Cause<unknown>): string | undefined => {
  if (Cause.hasInterruptsOnly(cause)) return undefined
  const error = Cause.squash(cause)
  if (
    error instanceof TokenError ||
    error instanceof UsageError ||
    error instanceof NotFound ||
    error instanceof StoreFailed ||
    error instanceof UnsuccessfulAnswer ||
    error instanceof OutputFailed
  ) {
    return error.message
  }
  // The presenter has told of wrong arguments, and whoever ends the run has said why.
  if (CliError.isCliError(error) || error instanceof OutputClosed || error instanceof Ended) {
    return undefined
  }
  // Its text is not ours and may hold a secret: its name must do.
  const name = error instanceof Error ? error.name : typeof error
  return `unexpected failure (${name}). This is a bug in onbehalf: please report which command you ran`
}
