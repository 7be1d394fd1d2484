/** Runs the program in this process. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import process from "node:process"
import packageJson from "../package.json" with { type: "json" }
import * as ExitCode from "./exitCode.ts"
import { endBySignal, noteSignals } from "./host/signals.ts"
import * as Platform from "./platform.ts"
import { program } from "./program.ts"

// Node writes it where its options say so, and the environment holds secrets.
process.report.excludeEnv = true

const lastSignal = noteSignals()

program(packageJson.version).pipe(
  Effect.provide(Layer.merge(Platform.layer, FetchHttpClient.layer)),
  NodeRuntime.runMain({
    // Failures have been reported by then, each as one line.
    disableErrorReporting: true,
    teardown: (exit, onExit) => {
      const signal = ExitCode.signalOf(exit, lastSignal())
      if (signal !== undefined) endBySignal(signal)
      onExit(ExitCode.ofExit(exit))
    }
  })
)
