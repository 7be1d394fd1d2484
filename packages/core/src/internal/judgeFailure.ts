import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Headers from "effect/http/Headers"
import {
  type ErrorDetail,
  Forbidden,
  InvalidApiKey,
  InvalidRequest,
  OrganisationUnknown,
  RateLimited,
  type TokenErrorReason,
  Unavailable,
  Unsupported
} from "../TokenError.ts"
import { about } from "./about.ts"
import { type Answer, type Asked, json } from "./answer.ts"
import { sanitise } from "./sanitise.ts"
import * as Wire from "./wire.ts"

/** Which reason an answer outside 2xx is (design, section 6). */
export const judgeFailure = (answer: Answer, asked: Asked): TokenErrorReason => {
  const fields = { ...about(asked), status: answer.status, ...envelope(answer, asked) }
  switch (answer.status) {
    case 401:
      return new InvalidApiKey(fields)
    case 403:
      return new Forbidden(fields)
    case 404:
      return new OrganisationUnknown(fields)
    case 405:
    case 410:
    case 415:
    case 501:
      return new Unsupported(fields)
    case 429: {
      const wait = retryAfter(answer, asked.now)
      return new RateLimited({ ...fields, ...(wait === undefined ? {} : { retryAfter: wait }) })
    }
    case 408:
      return new Unavailable({ ...fields, problem: "timeout" })
  }
  if (answer.status < 400) return new Unsupported(fields)
  return answer.status < 500
    ? new InvalidRequest(fields)
    : new Unavailable({ ...fields, problem: "status" })
}

const ErrorEnvelope = Schema.Struct({
  returnCode: Schema.optionalKey(Schema.Unknown),
  details: Schema.optionalKey(Schema.Unknown)
})

const Detail = Schema.Struct({
  code: Schema.optionalKey(Schema.Unknown),
  field: Schema.optionalKey(Schema.Unknown),
  description: Schema.optionalKey(Schema.Unknown)
})

const maximumDetails = 20

const envelope = (
  answer: Answer,
  asked: Asked
): { readonly returnCode?: string; readonly details?: ReadonlyArray<ErrorDetail> } => {
  const decoded = Option.flatMap(json(answer), Schema.decodeUnknownOption(ErrorEnvelope))
  if (Option.isNone(decoded)) return {}
  const returnCode = Wire.text(decoded.value.returnCode)
  // Documented as a list; the organisation specification's own examples give a single object.
  const details = [decoded.value.details]
    .flat()
    .slice(0, maximumDetails)
    .flatMap((detail) => Option.toArray(Schema.decodeUnknownOption(Detail)(detail)))
    .map((detail) => cleanDetail(detail, asked.secrets))
    .filter((detail) => Object.keys(detail).length > 0)
  return {
    ...(returnCode === undefined ? {} : { returnCode: sanitise(returnCode, asked.secrets) }),
    ...(details.length === 0 ? {} : { details })
  }
}

const cleanDetail = (detail: typeof Detail.Type, secrets: ReadonlyArray<string>): ErrorDetail => {
  const clean: { -readonly [K in keyof ErrorDetail]: string } = {}
  for (const name of ["code", "field", "description"] as const) {
    const value = Wire.text(detail[name])
    if (value !== undefined) clean[name] = sanitise(value, secrets)
  }
  return clean
}

/**
 * The longer of `Retry-After` (seconds or a date) and `X-Rate-Limit-Reset` (seconds), in milliseconds.
 * Nuapay documents the one for the organisation service, the other for the payments API, neither for the
 * Gatekeeper.
 */
const retryAfter = (answer: Answer, now: number): number | undefined => {
  const waits = [
    wait(answer.headers["retry-after"], now),
    wait(answer.headers["x-rate-limit-reset"], now)
  ].filter((millis) => millis !== undefined)
  return waits.length === 0 ? undefined : Math.max(...waits)
}

const wait = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined
  const parsed = Headers.parseRetryAfter(header)
  if (Result.isFailure(parsed)) return undefined
  // Four hundred digits are a valid header, and an infinite wait: no error could carry it.
  const millis = Duration.toMillis(Headers.retryAfterDelay(parsed.success, now))
  return Math.min(millis, Number.MAX_SAFE_INTEGER)
}
