import * as Schema from "effect/Schema"

/** Everything has been said; all that is left is how to end: as a child did, or with what a check came to. */
export class Ended extends Schema.TaggedError<Ended>("@onbehalf/cli/Ended")("Ended", {
  code: Schema.Int,
  /** The signal that ended the child, where one did; the code is 128 + its number. */
  signal: Schema.optionalKey(Schema.String)
}) {}
