/** The exit codes: one table. `README.md` has the same one for readers. */
import { TokenError, type TokenErrorReason } from "@onbehalf/core/TokenError"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as Exit from "effect/Exit"
import { Ended } from "./Ended.ts"
import { NotFound } from "./NotFound.ts"
import { OutputClosed } from "./output/print.ts"
import { StoreFailed } from "./StoreFailed.ts"
import { UnsuccessfulAnswer } from "./UnsuccessfulAnswer.ts"
import { UsageError } from "./UsageError.ts"

/** Stable, for scripts. */
export const exitCode = {
  ok: 0,
  /** A mistake of ours, or trouble of this machine's. */
  unexpected: 1,
  /** The command line or the request is wrong. */
  usage: 2,
  /** A setting is missing or wrong. */
  configuration: 3,
  /** API key or token refused, or not permitted. */
  notAuthorised: 4,
  notFound: 5,
  rateLimited: 6,
  /** Nuapay is in trouble, cannot be reached, or answers what cannot be used. */
  upstream: 7,
  store: 8,
  /** Ctrl-C; 128 + SIGINT, as shells have it. */
  interrupted: 130
} as const

const byReason: Record<TokenErrorReason["_tag"], number> = {
  InvalidApiKey: exitCode.notAuthorised,
  Forbidden: exitCode.notAuthorised,
  OrganisationUnknown: exitCode.notFound,
  InvalidRequest: exitCode.usage,
  Unsupported: exitCode.upstream,
  RateLimited: exitCode.rateLimited,
  Unavailable: exitCode.upstream,
  MalformedAnswer: exitCode.upstream,
  WrongToken: exitCode.upstream,
  StoreUnavailable: exitCode.store,
  DeadlineExceeded: exitCode.upstream,
  InvalidConfiguration: exitCode.configuration,
  BrokerClosed: exitCode.unexpected
}

const byStatus: Readonly<Record<number, number>> = {
  401: exitCode.notAuthorised,
  403: exitCode.notAuthorised,
  404: exitCode.notFound,
  405: exitCode.upstream,
  410: exitCode.upstream,
  415: exitCode.upstream,
  429: exitCode.rateLimited
}

/** For the status of an answer: as for the error that the status stands for. */
export const ofStatus = (status: number): number => {
  if (status >= 200 && status < 300) return exitCode.ok
  const known = byStatus[status]
  if (known !== undefined) return known
  return status >= 400 && status < 500 ? exitCode.usage : exitCode.upstream
}

/** For the end of the program. */
export const ofExit = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return exitCode.ok
  if (Cause.hasInterruptsOnly(exit.cause)) return exitCode.interrupted
  return ofError(Cause.squash(exit.cause))
}

/** The signal that the program should end by: a child's own, or the last one that came. Without any, it was a typed Ctrl-C. */
export const signalOf = (
  exit: Exit.Exit<unknown, unknown>,
  last: string | undefined
): string | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  if (Cause.hasInterruptsOnly(exit.cause)) return last ?? "SIGINT"
  const error = Cause.squash(exit.cause)
  return error instanceof Ended ? error.signal : undefined
}

/** For an error, wherever it is met. */
export const ofError = (error: unknown): number => {
  if (error instanceof TokenError) return byReason[error.reason._tag]
  if (error instanceof NotFound) return exitCode.notFound
  if (error instanceof StoreFailed) return exitCode.store
  if (error instanceof Ended) return error.code
  if (error instanceof UnsuccessfulAnswer) return ofStatus(error.status)
  if (error instanceof UsageError || CliError.isCliError(error)) return exitCode.usage
  // Whoever reads stdout has had enough (`… | head`): that is no failure.
  return error instanceof OutputClosed ? exitCode.ok : exitCode.unexpected
}
