import * as Schema from "effect/Schema"

/** A command line that parses, but makes no sense. The message says what to change. */
export class UsageError extends Schema.TaggedError<UsageError>("@onbehalf/cli/UsageError")(
  "UsageError",
  { message: Schema.String }
) {}
