/** `config.toml`: named profiles of settings. It holds no secrets, it names the files that do. */
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { parse, TomlError } from "smol-toml"
import { invalidSetting } from "./problem.ts"
import { type SettingName, settings } from "./settings.ts"

/** The settings of one profile. */
export interface ProfileSettings {
  readonly name: string
  /** What named it where nobody asked for one. */
  readonly source: "config.toml" | "default"
  readonly values: Partial<Record<SettingName, string>>
}

type Table = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Used where nobody names another; it need not exist. */
const defaultName = "default"

/** The profile of that name; without a name, the one that the file says, else `default`. */
export const readProfile = Effect.fnUntraced(function* (
  path: string | undefined,
  asked: string | undefined
): Effect.fn.Return<ProfileSettings, TokenError, FileSystem.FileSystem> {
  const root = path === undefined ? {} : yield* readToml(path)
  for (const key of Object.keys(root)) {
    if (key !== "profile" && key !== "profiles") return yield* unknownKey(key, topLevel)
  }
  const name = asked ?? root["profile"] ?? defaultName
  const source = sourceOf(root)
  const profiles = root["profiles"] ?? {}
  if (typeof name !== "string" || !isTable(profiles)) {
    return yield* invalidSetting("config.toml", "profile is a name, and [profiles.<name>] a table")
  }
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (profile === undefined) {
    if (name === defaultName) return { name, source, values: {} }
    const known = Object.keys(profiles).map((each) => JSON.stringify(each))
    return yield* invalidSetting(
      "--profile (ONBEHALF_PROFILE)",
      `names no profile of ${path ?? "config.toml"}. It has ${known.length === 0 ? "none" : known.join(", ")}`
    )
  }
  return { name, source, values: yield* checkProfile(name, profile) }
})

const sourceOf = (root: Table): ProfileSettings["source"] =>
  root["profile"] === undefined ? "default" : "config.toml"

const topLevel = ["profile", "profiles"]
const names: ReadonlyArray<string> = settings.map((setting) => setting.name)

const unknownKey = (key: string, known: ReadonlyArray<string>): TokenError =>
  invalidSetting(
    "config.toml",
    `has an unknown key ${JSON.stringify(key)}. Known: ${known.join(", ")}`
  )

const checkProfile = Effect.fnUntraced(function* (
  name: string,
  profile: unknown
): Effect.fn.Return<ProfileSettings["values"], TokenError> {
  if (!isTable(profile)) {
    return yield* invalidSetting("config.toml", `profiles.${name} must be a table`)
  }
  for (const [key, value] of Object.entries(profile)) {
    if (key === "api_key" || key === "seal_key") {
      return yield* invalidSetting(
        "config.toml",
        `must not hold a secret: put it into a file with mode 0600 and name that in ${key}_file`
      )
    }
    if (!names.includes(key)) return yield* unknownKey(key, names)
    if (typeof value !== "string") {
      return yield* invalidSetting(
        "config.toml",
        `profiles.${name}.${key} must be a text in quotes`
      )
    }
  }
  return profile as ProfileSettings["values"]
})

const readToml = (path: string): Effect.Effect<Table, TokenError, FileSystem.FileSystem> =>
  FileSystem.FileSystem.pipe(
    Effect.flatMap((files) => files.readFileString(path)),
    Effect.catchTag("PlatformError", ({ reason }) =>
      reason._tag === "NotFound"
        ? Effect.succeed("")
        : Effect.fail(invalidSetting("config.toml", `${path} cannot be read (${reason._tag})`))
    ),
    Effect.flatMap((text) =>
      Effect.try({
        try: (): Table => parse(text),
        // The parser's own message quotes the line, which may hold what should not be there.
        catch: (error) =>
          invalidSetting(
            "config.toml",
            error instanceof TomlError
              ? `${path} is not TOML: line ${error.line}, column ${error.column}`
              : `${path} is not TOML`
          )
      })
    )
  )
