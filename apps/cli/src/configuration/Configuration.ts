/** All settings with where each came from: flags before environment before profile. */
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as UserDirectories from "effect/persistence/UserDirectories"
import { ApiKeyStdin, BaseUrl, Environment, Profile, Store } from "./flags.ts"
import { type ApiKey, apiKeyFrom } from "./apiKey.ts"
import { readProfile } from "./profile.ts"
import { type Setting, type SettingName, settings } from "./settings.ts"
import type * as Stdio from "effect/Stdio"
import type { Secrets } from "../output/secrets.ts"
import { invalidSetting } from "./problem.ts"

/** A setting and who said so. */
export interface Resolved extends Setting {
  readonly value: string | undefined
  readonly source: string
}

/** The configuration of this run. */
export class Configuration extends Context.Service<
  Configuration,
  {
    readonly profile: string
    /** Who named it. */
    readonly profileSource: string
    /** The folder of `config.toml`; none where the user has no home. */
    readonly folder: string | undefined
    readonly resolved: ReadonlyArray<Resolved>
    readonly value: (name: SettingName) => string | undefined
    /** Found when it is asked for: most that do not call Nuapay need none. */
    readonly apiKey: Effect.Effect<ApiKey, TokenError>
    /** The environment, with what flags and profile say. */
    readonly provider: ConfigProvider.ConfigProvider
  }
>()("@onbehalf/cli/Configuration") {}

const make = Effect.gen(function* () {
  const environment = yield* ConfigProvider.ConfigProvider
  const path = yield* Path.Path
  const folder = yield* UserDirectories.make()
    .config("onbehalf")
    .pipe(Effect.orElseSucceed(() => undefined))
  const flags = yield* readFlags
  const typed = unlessEmpty(Option.getOrUndefined(yield* Profile))
  const inEnvironment = yield* variable("ONBEHALF_PROFILE")
  const file = folder === undefined ? undefined : path.join(folder, "config.toml")
  const profile = yield* readProfile(file, typed ?? inEnvironment)
  const named = inEnvironment === undefined ? profile.source : "ONBEHALF_PROFILE"

  const home = yield* variable("HOME")
  const resolved = yield* Effect.forEach(settings, (setting: Setting & { name: SettingName }) =>
    Effect.gen(function* () {
      const flag = flags[setting.name]
      if (flag !== undefined) return { ...setting, value: flag, source: `--${setting.flag}` }
      const inEnvironment = yield* variable(setting.variable)
      if (inEnvironment !== undefined) {
        return { ...setting, value: inEnvironment, source: setting.variable }
      }
      const inProfile = unlessEmpty(profile.values[setting.name])
      return inProfile === undefined
        ? { ...setting, value: undefined, source: "default" }
        : {
            ...setting,
            value: isPath(setting.name) ? locate(path, folder, home, inProfile) : inProfile,
            source: `profile ${profile.name}`
          }
    })
  )
  const value = (name: SettingName) => resolved.find((each) => each.name === name)?.value
  const said = resolved.flatMap((each) =>
    each.value === undefined ? [] : [[each.variable, each.value] as const]
  )
  const provider = ConfigProvider.fromEnvRecord(Object.fromEntries(said)).pipe(
    ConfigProvider.orElse(environment)
  )
  const context = yield* Effect.context<FileSystem.FileSystem | Stdio.Stdio | Secrets>()
  const apiKey = yield* Effect.cached(
    apiKeyFrom({
      stdin: yield* ApiKeyStdin,
      environment: yield* variable("NUAPAY_API_KEY"),
      file: value("api_key_file")
    }).pipe(Effect.provide(context))
  )
  return Configuration.of({
    profile: profile.name,
    profileSource: typed === undefined ? named : "--profile",
    folder,
    resolved,
    value,
    apiKey,
    provider
  })
})

/** Read once a run. */
export const layer = Layer.effect(Configuration, make)

const readFlags = Effect.gen(function* () {
  const flags: Partial<Record<SettingName, string | undefined>> = {
    environment: Option.getOrUndefined(yield* Environment),
    base_url: unlessEmpty(Option.getOrUndefined(yield* BaseUrl)),
    store: Option.getOrUndefined(yield* Store)
  }
  return flags
})

/** Empty counts as not set, wherever it stands. */
const unlessEmpty = (text: string | undefined): string | undefined =>
  text === "" ? undefined : text

const variable = (name: string): Effect.Effect<string | undefined, TokenError> =>
  Effect.mapError(Config.map(Config.withDefault(Config.String(name), ""), unlessEmpty), () =>
    invalidSetting("The environment", "cannot be read")
  )

const isPath = (name: SettingName): boolean => name.endsWith("_file") || name.endsWith("_directory")

/** As people write paths in such a file: from its own folder, or from home. */
const locate = (
  path: Path.Path,
  folder: string | undefined,
  home: string | undefined,
  text: string
): string =>
  text.startsWith("~/") && home !== undefined
    ? path.join(home, text.slice(2))
    : path.resolve(folder ?? ".", text)
