/** `onbehalf completion`: a script for the shell. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import { globalFlags } from "../configuration/flags.ts"
import { print } from "../output/print.ts"

const shell = Argument.Literals("shell", ["bash", "zsh", "fish"]).pipe(
  Argument.withDescription("bash, zsh or fish")
)

/** Those that every command has, which effect leaves out. */
const { flags: everywhere } = Completions.fromCommand(
  Command.make("any", { flags: [GlobalFlag.Help, ...globalFlags].map(({ flag }) => flag) })
)

const withGlobalFlags = (
  command: Completions.CommandDescriptor
): Completions.CommandDescriptor => ({
  ...command,
  flags: [...command.flags, ...everywhere],
  subcommands: command.subcommands.map(withGlobalFlags)
})

/** `onbehalf completion`, of the whole program. */
export const completion = (root: () => Promise<Command.Command.Any>) =>
  Command.make("completion", { shell }, ({ shell }) =>
    Effect.flatMap(Effect.promise(root), (whole) => {
      const command = withGlobalFlags(Completions.fromCommand(whole))
      // Its head says how to install it, by a flag that is a command here.
      const script = Completions.generate(whole.name, shell, command).replaceAll(
        `${whole.name} --completions`,
        `${whole.name} completion`
      )
      return print(`${script.trimEnd()}\n`)
    })
  ).pipe(
    Command.withDescription("Print the script that completes commands and flags in your shell"),
    Command.withExamples([
      { command: "source <(onbehalf completion bash)" },
      { command: "onbehalf completion zsh > ~/.zfunc/_onbehalf" },
      { command: "onbehalf completion fish > ~/.config/fish/completions/onbehalf.fish" }
    ])
  )
