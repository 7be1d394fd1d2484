import * as Schema from "effect/Schema"

/** The text of a token, as it may stand in a header. */
export const TokenText = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^[A-Za-z0-9._~+/=-]+$/), Schema.isMaxLength(16_384))
)
