/** `onbehalf config`: the settings of this run. */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { Configuration } from "../configuration/Configuration.ts"
import { isSealKeyInEnvironment } from "../configuration/sealKey.ts"
import { type List, listFormat, printList } from "../output/list.ts"
import * as Services from "../services.ts"

interface Shown {
  readonly setting: string
  readonly value: string
  readonly source: string
}

const settings: List<Shown> = {
  columns: [
    { heading: "SETTING", cell: ({ setting }) => setting },
    { heading: "VALUE", cell: ({ value }) => value, shrinks: true },
    { heading: "SOURCE", cell: ({ source }) => source }
  ],
  value: (row) => row
}

const hidden = "(set, hidden)"

/** An address may hold a password. */
const shown = (name: string, value: string): string =>
  name === "redis_url" || /\/\/[^/]*@/.test(value) ? hidden : value

const show = Command.make(
  "show",
  { output: listFormat },
  Effect.fnUntraced(function* ({ output }) {
    const { apiKey, profile, profileSource, resolved } = yield* Configuration
    const key = yield* Effect.match(apiKey, {
      onFailure: ({ message }): Shown => ({
        setting: "api key",
        value: "unusable",
        source: message
      }),
      onSuccess: (found): Shown => ({
        setting: "api key",
        value: Redacted.value(found.key) === "" ? "(not set)" : hidden,
        source: found.source
      })
    })
    const sealKey: ReadonlyArray<Shown> = (yield* isSealKeyInEnvironment)
      ? [{ setting: "seal key", value: hidden, source: "ONBEHALF_SEAL_KEY" }]
      : []
    const rows: ReadonlyArray<Shown> = [
      { setting: "profile", value: profile, source: profileSource },
      key,
      ...sealKey,
      ...resolved.map(({ fallback, name, source, value }) => ({
        setting: name,
        value: value === undefined ? `(${fallback})` : shown(name, value),
        source
      }))
    ]
    yield* printList(settings, Stream.fromIterable(rows), output)
  })
).pipe(
  Command.withDescription("Show every setting and where it came from. Secrets are not shown"),
  Command.withExamples([
    { command: "onbehalf config show" },
    { command: "onbehalf config show --profile live --output json" }
  ]),
  Command.provide(Services.configuration)
)

/** `onbehalf config`. */
export const config = Command.make("config").pipe(
  Command.withDescription("The settings: flags before environment before config.toml"),
  Command.withSubcommands([show])
)
