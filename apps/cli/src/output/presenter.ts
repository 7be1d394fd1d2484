/** Where the built-in output goes: help and version are data when asked for, else talk. */
import type * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Effect from "effect/Effect"
import type * as Stdio from "effect/Stdio"
import { say, sayRaw } from "./say.ts"
import type { Secrets } from "./secrets.ts"

/** In place of effect's own, which puts help on stdout when an argument is wrong. */
export const presenter: Effect.Effect<CliOutput.Presenter, never, Stdio.Stdio | Secrets> =
  Effect.map(Effect.context<Stdio.Stdio | Secrets>(), (context): CliOutput.Presenter => ({
    present: (event) => {
      if (event._tag === "InvalidInvocation") {
        const command = event.commandPath.join(" ")
        return say(`${describe(event.errors)} See: ${command} --help`).pipe(Effect.provide(context))
      }
      // Asked for nothing: what is missing is a subcommand.
      return event._tag === "Help" && event.reason === "Implicit"
        ? Effect.provide(sayRaw(`${plain.formatHelpDoc(event.helpDoc)}\n`), context)
        : CliOutput.defaultPresenter.present(event)
    }
  }))

const plain = CliOutput.defaultFormatter({ colors: false })

/** After an unknown flag the parser takes its value, perhaps a secret, for an argument: that goes untold. */
const describe = (errors: ReadonlyArray<CliError.NonShowHelpErrors>): string => {
  const unknown = errors.filter((error) => error._tag === "UnrecognizedOption")
  return (unknown.length > 0 ? unknown : errors).map(describeOne).join(" ")
}

const describeOne = (error: CliError.NonShowHelpErrors): string => {
  const suggestions = "suggestions" in error ? error.suggestions : []
  const said = error.message.split("\n", 1)[0] ?? ""
  return suggestions.length === 0
    ? `${said}.`
    : `${said}. Did you mean ${suggestions.join(" or ")}?`
}
