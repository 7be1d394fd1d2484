/**
 * The one public error and its closed union of reasons.
 *
 * A reason says what happened, to whom, and what to do next. It is always a fresh value: nothing leads
 * from it to a request, an answer, a header or a secret, so it may be logged, serialised and sent away.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { documentationOf, errorGuide, type ErrorGuide } from "./internal/errorGuide.ts"

/**
 * One entry of the upstream's `details`, or of a local check. Texts are capped and free of control
 * characters.
 *
 * @category models
 * @since 0.1.0
 */
export const ErrorDetail = Schema.Struct({
  code: Schema.optionalKey(Schema.String),
  field: Schema.optionalKey(Schema.String),
  description: Schema.optionalKey(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export type ErrorDetail = typeof ErrorDetail.Type

const upstream = {
  /** Whom the request was for; absent where it was for the partner itself. */
  organisation: Schema.optionalKey(Schema.String),
  /** The HTTP status, where there was an answer. */
  status: Schema.optionalKey(Schema.Int),
  /** Nuapay's `returnCode`. */
  returnCode: Schema.optionalKey(Schema.String),
  details: Schema.optionalKey(Schema.Array(ErrorDetail))
}

/**
 * 401: the API key, or the token of a merchant call, is wrong, expired or revoked.
 *
 * @category reasons
 * @since 0.1.0
 */
export class InvalidApiKey extends Schema.TaggedError<InvalidApiKey>()("InvalidApiKey", upstream) {}

/**
 * 403: authenticated, but not permitted. Also what a caller from an address that is not allowed gets.
 *
 * @category reasons
 * @since 0.1.0
 */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", upstream) {}

/**
 * 404: the organisation (or the token) is not known to this partner account.
 *
 * @category reasons
 * @since 0.1.0
 */
export class OrganisationUnknown extends Schema.TaggedError<OrganisationUnknown>()(
  "OrganisationUnknown",
  upstream
) {}

/**
 * The request is wrong: refused here before it was sent (no `status`), or by the upstream with 400, 412 or 422.
 *
 * @category reasons
 * @since 0.1.0
 */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()(
  "InvalidRequest",
  upstream
) {}

/**
 * 405, 410, 415, 501, or a redirect: the address or the version of the API is not the one we speak to.
 *
 * @category reasons
 * @since 0.1.0
 */
export class Unsupported extends Schema.TaggedError<Unsupported>()("Unsupported", upstream) {}

/**
 * 429: too many requests.
 *
 * @category reasons
 * @since 0.1.0
 */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  ...upstream,
  /** Milliseconds to wait, as told by the upstream; absent where it did not say. */
  retryAfter: Schema.optionalKey(Schema.Finite)
}) {}

/**
 * No answer that could be used: 5xx, reset, timeout, DNS, TLS, or trouble of our own.
 *
 * @category reasons
 * @since 0.1.0
 */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  ...upstream,
  /**
   * What kind of trouble: a fixed word, never a platform's own text. `overloaded`: too many requests are
   * under way in this process; `revoked`: revocations kept overtaking the request.
   */
  problem: Schema.Literals(["status", "connection", "timeout", "transfer", "overloaded", "revoked"])
}) {}

/**
 * A 2xx answer that cannot be understood: wrong status, wrong shape, too large, or dead on arrival.
 *
 * @category reasons
 * @since 0.1.0
 */
export class MalformedAnswer extends Schema.TaggedError<MalformedAnswer>()("MalformedAnswer", {
  ...upstream,
  /** What is wrong with it, without quoting it. */
  problem: Schema.String
}) {}

/**
 * A 2xx answer with a token that is not the one asked for. It is never used.
 *
 * @category reasons
 * @since 0.1.0
 */
export class WrongToken extends Schema.TaggedError<WrongToken>()("WrongToken", {
  ...upstream,
  /** Which check it failed. */
  mismatch: Schema.Literals(["organisation", "scopes", "type", "status", "resource", "reused"])
}) {}

/**
 * The token store failed, and the policy is to refuse rather than to go on without it.
 *
 * @category reasons
 * @since 0.1.0
 */
export class StoreUnavailable extends Schema.TaggedError<StoreUnavailable>()("StoreUnavailable", {
  organisation: Schema.optionalKey(Schema.String),
  /** What the store was asked to do. */
  operation: Schema.String
}) {}

/**
 * The caller's own deadline passed while it waited. Work under way goes on for others.
 *
 * @category reasons
 * @since 0.1.0
 */
export class DeadlineExceeded extends Schema.TaggedError<DeadlineExceeded>()("DeadlineExceeded", {
  organisation: Schema.optionalKey(Schema.String),
  /** Milliseconds that the caller was willing to wait. */
  deadline: Schema.Finite
}) {}

/**
 * A setting is missing or wrong. Names the setting, never its value.
 *
 * @category reasons
 * @since 0.1.0
 */
export class InvalidConfiguration extends Schema.TaggedError<InvalidConfiguration>()(
  "InvalidConfiguration",
  {
    /** The environment variable and the option, for example `NUAPAY_BASE_URL (baseUrl)`. */
    setting: Schema.String,
    /** What is wrong and what would be right. */
    problem: Schema.String
  }
) {}

/**
 * The broker has been closed; it starts no new work.
 *
 * @category reasons
 * @since 0.1.0
 */
export class BrokerClosed extends Schema.TaggedError<BrokerClosed>()("BrokerClosed", {
  organisation: Schema.optionalKey(Schema.String)
}) {}

/**
 * Every reason there is.
 *
 * @category reasons
 * @since 0.1.0
 */
export const TokenErrorReason = Schema.Union([
  InvalidApiKey,
  Forbidden,
  OrganisationUnknown,
  InvalidRequest,
  Unsupported,
  RateLimited,
  Unavailable,
  MalformedAnswer,
  WrongToken,
  StoreUnavailable,
  DeadlineExceeded,
  InvalidConfiguration,
  BrokerClosed
])

/**
 * @category reasons
 * @since 0.1.0
 */
export type TokenErrorReason = typeof TokenErrorReason.Type

/**
 * What every operation of onbehalf fails with. Handle one reason with `Effect.catchReason`, or switch on
 * `error.code`, which never changes.
 *
 * @category errors
 * @since 0.1.0
 */
export class TokenError extends Schema.TaggedError<TokenError>("@onbehalf/core/TokenError")(
  "TokenError",
  { reason: TokenErrorReason }
) {
  private get guide(): ErrorGuide {
    return errorGuide[this.reason._tag]
  }

  /** Stable, for programs: `invalid_api_key`, `rate_limited`, … One section each in `docs/errors.md`. */
  get code(): string {
    return this.guide.code
  }

  /** Whether the same request may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return this.guide.retryable
  }

  /** What to do next. */
  get hint(): string {
    return this.guide.hint
  }

  /** The address of the section that explains this error. */
  get documentation(): string {
    return documentationOf(this.code)
  }

  /** Whom it concerns, where it concerns one organisation. */
  get organisation(): string | undefined {
    return "organisation" in this.reason ? this.reason.organisation : undefined
  }

  override get message(): string {
    return `${summary(this.reason, this.guide)}. ${this.hint}. [${this.code}]`
  }

  /** Everything above as plain data, for logs. */
  override toJSON(): Record<string, unknown> {
    const { _tag, ...fields } = reasonFields(this.reason)
    return {
      name: "TokenError",
      code: this.code,
      reason: _tag,
      message: this.message,
      retryable: this.retryable,
      hint: this.hint,
      documentation: this.documentation,
      ...fields
    }
  }
}

/**
 * A request that was found wrong before it was sent.
 *
 * @category constructors
 * @since 0.1.0
 */
export const invalidRequest = (details: ReadonlyArray<ErrorDetail>): TokenError =>
  new TokenError({ reason: new InvalidRequest({ details }) })

const reasonFields = (
  reason: TokenErrorReason
): Record<string, unknown> & { readonly _tag: string } => {
  const { _tag, ...rest } = reason
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (name !== "name" && name !== "cause" && name !== "message" && name !== "stack") {
      fields[name] = value
    }
  }
  return { ...fields, _tag }
}

const summary = (reason: TokenErrorReason, guide: ErrorGuide): string => {
  const parts = [guide.title]
  if (reason._tag === "InvalidConfiguration") parts.push(`: ${reason.setting} ${reason.problem}`)
  if (reason._tag === "MalformedAnswer") parts.push(`: ${reason.problem}`)
  if (reason._tag === "WrongToken") parts.push(` (${reason.mismatch})`)
  if (reason._tag === "Unavailable") parts.push(` (${reason.problem})`)
  if ("details" in reason && reason.details) parts.push(describe(reason.details))
  if ("organisation" in reason && reason.organisation) {
    parts.push(`, organisation ${reason.organisation}`)
  }
  if ("status" in reason && reason.status !== undefined) parts.push(`, status ${reason.status}`)
  if ("returnCode" in reason && reason.returnCode) parts.push(`, returnCode ${reason.returnCode}`)
  return parts.join("")
}

const describe = (details: ReadonlyArray<ErrorDetail>): string => {
  const shown = details.map((detail) =>
    [detail.field, detail.description ?? detail.code].filter(Boolean).join(" ")
  )
  return shown.length === 0 ? "" : `: ${shown.join("; ")}`
}
