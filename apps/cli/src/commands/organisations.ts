/** `onbehalf organisations`: whom the partner may act for. */
import * as Command from "effect/cli/Command"
import { get } from "./organisations/get.ts"
import { list } from "./organisations/list.ts"

/** `onbehalf organisations`. */
export const organisations = Command.make("organisations").pipe(
  Command.withDescription("The organisations of this partner account"),
  Command.withSubcommands([list, get])
)
