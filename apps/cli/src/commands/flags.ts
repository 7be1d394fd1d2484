/** Flags and arguments that several commands have. */
import * as Grant from "@onbehalf/core/Grant"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import { durationForms, parseDuration } from "../duration.ts"

/** `--scope S --scope T`. */
export const scope = Flag.String("scope").pipe(
  Flag.withMetavar("<scope>"),
  Flag.withDescription("A scope, such as admin or openbanking_pisp; may be repeated"),
  Flag.atLeast(1)
)

/** `--expires-in 10m`, in seconds. */
export const expiresIn = Flag.String("expires-in").pipe(
  Flag.filterMap(parseDuration, () => durationForms),
  Flag.withMetavar("<duration>"),
  Flag.withDescription(
    "How long it lives, 10s to a year: seconds, or such as 10m, 24h (default 10m)"
  ),
  Flag.withDefault(600)
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

/** What a command needs for a merchant's token. */
export const merchantGrant = { organisation: organisationArgument, scope, expiresIn }

/** From what was given for it. */
export const grantOf = (given: {
  readonly organisation: string
  readonly scope: ReadonlyArray<string>
  readonly expiresIn: number
}) =>
  Grant.forOrganisation(given.organisation, {
    scopes: given.scope,
    expiresIn: given.expiresIn
  })

/** `--yes`. */
export const yes = Flag.Boolean("yes").pipe(
  Flag.withAlias("y"),
  Flag.withDescription("Do not ask"),
  Flag.withDefault(false)
)
