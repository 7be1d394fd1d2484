/** The root command. A new command goes into `commands/` and into the list below. */
import * as Command from "effect/cli/Command"
import { api } from "./commands/api.ts"
import { completion } from "./commands/completion.ts"
import { config } from "./commands/config.ts"
import { doctor } from "./commands/doctor.ts"
import { exec } from "./commands/exec.ts"
import { organisations } from "./commands/organisations.ts"
import { sealKey } from "./commands/sealKey.ts"
import { simulator } from "./commands/simulator.ts"
import { token } from "./commands/token.ts"
import { watch } from "./commands/watch.ts"
import { globalFlags } from "./configuration/flags.ts"

const described = Command.make("onbehalf").pipe(
  Command.withDescription(
    "Act for the merchants of a Nuapay payment partner. The API key comes from NUAPAY_API_KEY, from --api-key-stdin or from a file."
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
    },
    { command: "onbehalf doctor", description: "Find out what is wrong" }
  ])
)

/** `onbehalf` with everything below it. */
export const onbehalf = described.pipe(
  Command.withSubcommands([
    organisations,
    token,
    api,
    exec,
    watch,
    doctor,
    simulator,
    sealKey,
    config,
    completion((): Command.Command.Any => onbehalf)
  ]),
  Command.withGlobalFlags(globalFlags)
)
