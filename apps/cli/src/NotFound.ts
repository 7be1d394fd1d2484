import * as Schema from "effect/Schema"

/** What was named is not here. */
export class NotFound extends Schema.TaggedError<NotFound>("@onbehalf/cli/NotFound")("NotFound", {
  message: Schema.String
}) {}
