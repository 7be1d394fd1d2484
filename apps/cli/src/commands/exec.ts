/** `onbehalf exec`: a program with a token in its environment. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { refusePrinting } from "../configuration/nodeDebug.ts"
import { secretVariables } from "../configuration/settings.ts"
import { Ended } from "../Ended.ts"
import { runChild } from "../host/child.ts"
import { say } from "../output/say.ts"
import * as Services from "../services.ts"
import { expiryOf } from "../token/life.ts"
import { obtainLasting } from "../token/obtainLasting.ts"
import { UsageError } from "../UsageError.ts"
import { grantOf, merchantGrant } from "./flags.ts"

const command = Argument.String("command").pipe(
  Argument.withDescription("After --: the program and its arguments"),
  Argument.variadic({ min: 1 })
)

/** The program would not be found, or the token would be taken away with our own secrets. */
const isFree = (name: string): boolean =>
  name !== "PATH" && !(secretVariables as ReadonlyArray<string>).includes(name)

const env = Flag.String("env").pipe(
  Flag.withMetavar("<name>"),
  Flag.filter(
    (name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name),
    () => "a name of letters, digits and underscores"
  ),
  Flag.filter(isFree, () => "a name that neither onbehalf nor the system uses for something else"),
  Flag.withDescription(
    "The variable that holds the token; <name>_EXPIRES_AT tells until when it is good (default NUAPAY_TOKEN)"
  ),
  Flag.withDefault("NUAPAY_TOKEN")
)

/** `onbehalf exec`. */
export const exec = Command.make(
  "exec",
  { ...merchantGrant, env, command },
  Effect.fnUntraced(function* (given) {
    const [program, ...args] = given.command
    if (program === undefined) {
      return yield* new UsageError({ message: "name a program after --" })
    }
    yield* refusePrinting("child_process")
    const grant = yield* grantOf(given)
    // The store is closed by the time the program runs: nothing of ours goes on beside it.
    const { life, token } = yield* obtainLasting(grant, given.expiresIn).pipe(
      Effect.provide(Services.broker)
    )
    const ended = yield* runChild(program, args, {
      // Those of an earlier run would be taken for it.
      NUAPAY_TOKEN: undefined,
      NUAPAY_TOKEN_EXPIRES_AT: undefined,
      [given.env]: token.reveal(),
      [`${given.env}_EXPIRES_AT`]: life === undefined ? undefined : expiryOf(life)
    })
    if (ended.code === 126 || ended.code === 127)
      yield* say(`${program} did not start, or did not find what to start`)
    if (ended.code !== 0) return yield* new Ended(ended)
  })
).pipe(
  Command.withDescription(
    "Run a program with a token for a merchant in its environment. Signals and exit code pass through. The token is not renewed while it runs: it is good for half of --expires-in at least"
  ),
  Command.withExamples([
    {
      command: "onbehalf exec <organisation> --scope admin --expires-in 1h -- ./nightly-report.sh"
    },
    {
      command: "onbehalf exec <organisation> --scope admin --env TOKEN -- sh -c 'echo ${#TOKEN}'",
      description: "In a variable of another name"
    }
  ])
)
