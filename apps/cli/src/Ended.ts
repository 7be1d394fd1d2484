import * as Schema from "effect/Schema"

/** Everything has been said; all that is left is the exit code: a child's own, or what a check came to. */
export class Ended extends Schema.TaggedError<Ended>("@onbehalf/cli/Ended")("Ended", {
  code: Schema.Int
}) {}
