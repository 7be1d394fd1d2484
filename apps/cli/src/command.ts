/** The root command. A new command goes into `commands/` and into the list below. */
import * as Command from "effect/cli/Command"
import { api } from "./commands/api.ts"
import { organisations } from "./commands/organisations.ts"
import { sealKey } from "./commands/sealKey.ts"
import { token } from "./commands/token.ts"
import { settings } from "./settings.ts"

/** `onbehalf` with everything below it. */
export const onbehalf = Command.make("onbehalf").pipe(
  Command.withDescription(
    "Act for the merchants of a Nuapay payment partner. The API key comes from NUAPAY_API_KEY."
  ),
  Command.withExamples([
    { command: "onbehalf organisations list", description: "See whom you may act for" },
    {
      command: "onbehalf token get <organisation> --scope admin",
      description: "Get a token for one of them"
    },
    {
      command: "onbehalf api GET /mandates --organisation <organisation> --scope admin",
      description: "Call the API on its behalf"
    }
  ]),
  Command.withSubcommands([organisations, token, api, sealKey]),
  Command.withGlobalFlags(settings)
)
