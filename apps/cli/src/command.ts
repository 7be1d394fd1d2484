/** The root command. A new command goes into `commands/` and into the list below. */
import * as Command from "effect/cli/Command"
import { load } from "./commands/load.ts"
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

/** For its completion. */
const whole = (): Promise<Command.Command.Any> => onbehalf([])

const loaders = (subcommand?: string) => ({
  organisations: () => import("./commands/organisations.ts").then((found) => found.organisations),
  token: () => import("./commands/token.ts").then(({ token }) => token(subcommand)),
  api: () => import("./commands/api.ts").then(({ api }) => api),
  exec: () => import("./commands/exec.ts").then(({ exec }) => exec),
  watch: () => import("./commands/watch.ts").then(({ watch }) => watch),
  doctor: () => import("./commands/doctor.ts").then(({ doctor }) => doctor),
  simulator: () => import("./commands/simulator.ts").then(({ simulator }) => simulator),
  "seal-key": () => import("./commands/sealKey.ts").then(({ sealKey }) => sealKey),
  config: () => import("./commands/config.ts").then(({ config }) => config),
  completion: () => import("./commands/completion.ts").then(({ completion }) => completion(whole))
})

/** `onbehalf` with as much below it as these arguments need. */
export const onbehalf = async (args: ReadonlyArray<string>) => {
  const [name, subcommand] = args
  return described.pipe(
    Command.withSubcommands(await load(loaders(subcommand), name)),
    Command.withGlobalFlags(globalFlags)
  )
}
