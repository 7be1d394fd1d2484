/**
 * A token that may be used now, and only for the organisation it names.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { checkId, Id } from "./internal/id.ts"
import { TokenText } from "./internal/tokenText.ts"
import type { TokenError } from "./TokenError.ts"

/**
 * The id of a token (the JWT's `jti`); opaque, but fit for a path.
 *
 * @category models
 * @since 0.1.0
 */
export const TokenId = Id.pipe(Schema.brand("TokenId"))

/**
 * @category models
 * @since 0.1.0
 */
export type TokenId = typeof TokenId.Type

/**
 * Checks a token id. Fails with `InvalidRequest`, before any request is made.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tokenId: (id: string) => Effect.Effect<TokenId, TokenError> = checkId(
  "tokenId",
  Schema.is(TokenId)
)

/**
 * The text of a token, redacted: prints as `<redacted:token>`. Only the characters that RFC 6750 allows in
 * a header, at most 16 KiB.
 *
 * @category models
 * @since 0.1.0
 */
export const TokenValue = Schema.RedactedFromValue(TokenText, {
  label: "token",
  disallowEncode: true
})

/**
 * A token with what it is for. Its text is redacted: it is in no log, no JSON and no `util.inspect`. Take it
 * out at the moment of use and keep it nowhere.
 *
 * @category models
 * @since 0.1.0
 */
export class AccessToken {
  readonly id: TokenId
  /** Whom the token acts for: `requestedOrganisation` of the answer. */
  readonly organisation: string
  readonly scopes: ReadonlyArray<string>
  /** The resource that an application token is bound to. */
  readonly resourceId: string | undefined
  readonly value: Redacted.Redacted
  /** What `value` holds, once it was asked for: each look into it is one into a table of all that is redacted. */
  #text: string | undefined

  constructor(fields: {
    readonly id: TokenId
    readonly organisation: string
    readonly scopes: ReadonlyArray<string>
    readonly resourceId: string | undefined
    readonly value: Redacted.Redacted
  }) {
    this.id = fields.id
    this.organisation = fields.organisation
    this.scopes = fields.scopes
    this.resourceId = fields.resourceId
    this.value = fields.value
  }

  /** The text of the token. */
  reveal(): string {
    return (this.#text ??= Redacted.value(this.value))
  }

  /** The `Authorization` header, Bearer form (RFC 6750). */
  authorization(): string {
    return `Bearer ${this.reveal()}`
  }

  /** The `Authorization` header, Basic form: the token as user name, an empty password. Nuapay accepts both. */
  basicAuthorization(): string {
    return `Basic ${btoa(`${this.reveal()}:`)}`
  }
}
