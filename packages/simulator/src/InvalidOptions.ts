import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * The simulator was given options that it cannot be set up with.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidOptions extends Schema.TaggedError<InvalidOptions>()("InvalidOptions", {
  /** What was expected, and where. */
  problem: Schema.String
}) {
  override get message() {
    return `The simulator cannot be set up with these options: ${this.problem}`
  }
}

/** A whole number. */
export const whole = (minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) =>
  Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum, maximum })))

/** What TypeScript would have said, and what it cannot say of numbers. */
export const checkOptions = (
  bounds: Schema.ConstraintDecoder<unknown>,
  options: unknown
): Effect.Effect<void, InvalidOptions> =>
  Schema.decodeUnknownEffect(bounds)(options, { errors: "all" }).pipe(
    Effect.mapError(
      ({ message }) => new InvalidOptions({ problem: message.replaceAll(/\s+/g, " ") })
    ),
    Effect.asVoid
  )
