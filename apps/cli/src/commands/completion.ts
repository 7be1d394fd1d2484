/** `onbehalf completion`: a script for the shell. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as Effect from "effect/Effect"
import { print } from "../output/print.ts"

const shell = Argument.Literals("shell", ["bash", "zsh", "fish"]).pipe(
  Argument.withDescription("bash, zsh or fish")
)

/** `onbehalf completion`, of the whole program. */
export const completion = (root: () => Promise<Command.Command.Any>) =>
  Command.make("completion", { shell }, ({ shell }) =>
    Effect.flatMap(Effect.promise(root), (whole) =>
      print(
        `${Completions.generate(whole.name, shell, Completions.fromCommand(whole)).trimEnd()}\n`
      )
    )
  ).pipe(
    Command.withDescription("Print the script that completes commands and flags in your shell"),
    Command.withExamples([
      { command: "source <(onbehalf completion bash)" },
      { command: "onbehalf completion zsh > ~/.zfunc/_onbehalf" },
      { command: "onbehalf completion fish > ~/.config/fish/completions/onbehalf.fish" }
    ])
  )
