/** `onbehalf simulator`: Nuapay on this machine. */
import type { Fault } from "@onbehalf/simulator"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { print } from "../output/print.ts"
import { say } from "../output/say.ts"
import { UsageError } from "../UsageError.ts"

const port = Flag.Int("port").pipe(
  Flag.withDescription("Where it listens on 127.0.0.1; 0: any free port (default 4010)"),
  Flag.withDefault(4010)
)

const seed = Flag.String("seed").pipe(
  Flag.withMetavar("<text>"),
  Flag.withDescription("What all merchants, ids and payments follow from"),
  Flag.optional
)

const faults = Flag.String("faults").pipe(
  Flag.withMetavar("<file>"),
  Flag.withDescription('A JSON list of faults, such as [{"kind":"status","status":503,"times":2}]'),
  Flag.optional
)

const start = Command.make(
  "start",
  { port, seed, faults },
  Effect.fnUntraced(function* (given) {
    const script = Option.isNone(given.faults) ? [] : yield* readFaults(given.faults.value)
    // Loaded only here: it is half of the program.
    const { startSimulator } = yield* Effect.promise(() => import("@onbehalf/simulator"))
    const simulator = yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: () => startSimulator({ port: given.port, seed: Option.getOrUndefined(given.seed) }),
        catch: (error) =>
          new UsageError({ message: error instanceof Error ? error.message : "it did not start" })
      }),
      (running) => Effect.promise(() => running.close())
    )
    for (const [index, fault] of script.entries()) {
      yield* Effect.try({
        try: () => simulator.addFault(fault as Fault),
        catch: () =>
          new UsageError({ message: `--faults: number ${index + 1} of the list is no fault` })
      })
    }
    yield* print(
      `export NUAPAY_BASE_URL='${simulator.url}'\nexport NUAPAY_API_KEY='${simulator.apiKey}'\n`
    )
    yield* say(
      `the simulator listens at ${simulator.url}; a merchant: ${simulator.merchants[0]?.id ?? "none"}. Ctrl-C ends it`
    )
    return yield* Effect.never
  }, Effect.scoped)
).pipe(
  Command.withDescription(
    "Start a Nuapay of your own on this machine: no account, no network. Prints what to set in another shell"
  ),
  Command.withExamples([
    { command: "onbehalf simulator start" },
    {
      command: "onbehalf simulator start --port 0 --seed mine --faults faults.json",
      description: "With trouble on demand"
    }
  ])
)

/** `onbehalf simulator`. */
export const simulator = Command.make("simulator").pipe(
  Command.withDescription("Nuapay's Gatekeeper as a local server, for trying things out"),
  Command.withSubcommands([start])
)

const decodeList = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Schema.Unknown)))

const readFaults = (file: string) =>
  FileSystem.FileSystem.pipe(
    Effect.flatMap((files) => files.readFileString(file)),
    Effect.flatMap(decodeList),
    Effect.mapError(
      () =>
        new UsageError({ message: `--faults ${file}: must be a file with a JSON list of faults` })
    )
  )
