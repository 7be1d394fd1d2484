/** Flags and arguments that several commands have. */
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"

/** `--scope S --scope T`. */
export const scope = Flag.String("scope").pipe(
  Flag.withMetavar("<scope>"),
  Flag.withDescription("A scope, such as admin or openbanking_pisp; may be repeated"),
  Flag.atLeast(1)
)

/** `--organisation ID`. */
export const organisationFlag = Flag.String("organisation").pipe(
  Flag.withMetavar("<id>"),
  Flag.withDescription("The id of the merchant to act for")
)

/** `<organisation>`. */
export const organisationArgument = Argument.String("organisation").pipe(
  Argument.withDescription("The id of the merchant to act for")
)
