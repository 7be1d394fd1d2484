/** The whole program but the platform: arguments in, data out, every failure told in one line. */
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stdio from "effect/Stdio"
import { onbehalf } from "./command.ts"
import { describeFailure } from "./failure.ts"
import { printConsole } from "./output/printConsole.ts"
import { presenter } from "./output/presenter.ts"
import { say } from "./output/say.ts"
import { hasSecretArgument, secretArgument } from "./secretArguments.ts"
import { UsageError } from "./UsageError.ts"
import * as Secrets from "./output/secrets.ts"

/** Runs the arguments that `Stdio` has. */
export const program = (version: string) =>
  hasSecretArgument.pipe(
    Effect.flatMap((has) =>
      has
        ? Effect.fail(new UsageError({ message: `the command line ${secretArgument}` }))
        : run(version)
    ),
    Effect.tapCause((cause) => {
      const line = describeFailure(cause)
      return line === undefined ? Effect.void : say(line)
    }),
    Effect.provide(output.pipe(Layer.provideMerge(Secrets.layer)))
  )

const run = (version: string) =>
  Stdio.Stdio.pipe(
    Effect.flatMap(({ args }) => args),
    Effect.flatMap((args) => Effect.promise(() => onbehalf(args))),
    Effect.flatMap(Command.run({ version })),
    printConsole
  )

/**
 * Without `--wizard`, which asks questions on stdout, without `--log-level`: nothing is logged, and without
 * `--completions`: there is a command for them.
 */
const builtIns = [GlobalFlag.Help, GlobalFlag.Version]

const output = Layer.unwrap(
  Effect.map(presenter, (made) =>
    Layer.merge(CliOutput.layerPresenter(made), CliConfig.layer({ builtIns }))
  )
)
