/** `onbehalf token`: tokens on behalf of merchants. */
import * as Command from "effect/cli/Command"
import { load } from "./load.ts"

const loaders = {
  get: () => import("./token/get.ts").then(({ get }) => get),
  own: () => import("./token/own.ts").then(({ own }) => own),
  application: () => import("./token/application.ts").then(({ application }) => application),
  list: () => import("./token/list.ts").then(({ list }) => list),
  inspect: () => import("./token/inspect.ts").then(({ inspect }) => inspect),
  revoke: () => import("./token/revoke.ts").then(({ revoke }) => revoke)
}

/** `onbehalf token`, with the subcommand of that name, else with all. */
export const token = async (name: string | undefined) =>
  Command.make("token").pipe(
    Command.withDescription("Tokens on behalf of merchants"),
    Command.withSubcommands(await load(loaders, name))
  )
