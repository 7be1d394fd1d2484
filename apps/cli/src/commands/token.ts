/** `onbehalf token`: tokens on behalf of merchants. */
import * as Command from "effect/cli/Command"
import { application } from "./token/application.ts"
import { get } from "./token/get.ts"
import { inspect } from "./token/inspect.ts"
import { list } from "./token/list.ts"
import { own } from "./token/own.ts"
import { revoke } from "./token/revoke.ts"

/** `onbehalf token`. */
export const token = Command.make("token").pipe(
  Command.withDescription("Tokens on behalf of merchants"),
  Command.withSubcommands([get, own, application, list, inspect, revoke])
)
